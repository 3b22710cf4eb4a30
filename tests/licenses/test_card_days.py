"""Renewal days of licenses that a card pays: the same calendar, and one charge for each period."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from billing.models import CardPayment
from licenses.calendar import period_days
from licenses.models import License, Renewal
from resellers.models import Reseller
from tests.billing.cards import make_card
from tests.factories import ResellerFactory
from tests.gateway import Gateway
from tests.licenses.renewals import broken, make_anchored, outcomes, period_days_of, renew
from tests.licenses.test_engine_days import ANCHORS

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 5)


def assert_charged_once_each(license: License, gateway: Gateway) -> None:
    """Each period after the first was charged to the card once, and the days never drift."""
    assert license.anchor_on is not None
    days = period_days_of(license)
    assert days == [period_days(license.anchor_on, 1, number) for number in range(len(days))]
    paid = Renewal.objects.filter(license=license, state="paid", source="card")
    assert paid.count() == len(days) - 1
    keys = [each["key"] for each in gateway.charges()]
    assert len(set(keys)) == len(keys) == len(days) - 1
    assert broken() == []


@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_a_card_pays_the_periods_of_the_calendar(
    gateway: Gateway, acme: Reseller, anchor: date
) -> None:
    make_card(gateway, acme)
    license = make_anchored(acme, anchor)
    renew(acme, anchor + 150 * DAY, timezone.now())
    assert len(period_days_of(license)) == 6
    assert_charged_once_each(license, gateway)


@pytest.mark.parametrize("days_off", [3, 40])
def test_after_days_of_silence_the_card_pays_each_missed_period_once(
    gateway: Gateway, acme: Reseller, days_off: int
) -> None:
    make_card(gateway, acme)
    now = timezone.now()
    today = acme.day_of(now)
    license = make_anchored(acme, today - timedelta(days=25 + days_off))
    for _ in range(2):
        renew(acme, today, now)
    periods = period_days_of(license)
    assert periods[-1][1] - 7 * DAY > today >= periods[-2][1] - 7 * DAY
    assert_charged_once_each(license, gateway)


def test_after_days_of_silence_a_card_that_is_declined_is_tried_once(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme, "insufficient_funds")
    now = timezone.now()
    today = acme.day_of(now)
    license = make_anchored(acme, today - 70 * DAY)  # its first period ended 40 days ago
    for _ in range(2):
        renew(acme, today, now)
    assert outcomes(license) == [(today, "declined")]
    assert Renewal.objects.get().state == "ended"
    assert len(gateway.attempts()) == 1


@pytest.mark.parametrize(
    ("zone", "is_charged"),
    [
        ("Pacific/Pago_Pago", True),  # -11: it is still the card's last day
        ("Europe/Berlin", False),
        ("Pacific/Kiritimati", False),  # +14
    ],
)
def test_a_card_can_be_charged_until_its_last_day_ends_for_the_reseller(
    gateway: Gateway, db: None, zone: str, *, is_charged: bool
) -> None:
    there = ResellerFactory.create(time_zone=zone)
    make_card(gateway, there, expires_on=date(2026, 11, 30))
    license = make_anchored(there, date(2026, 11, 5))
    moment = datetime(2026, 12, 1, 10, 30, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        renew(there, there.day_of(moment), moment)
    assert [outcome for _, outcome in outcomes(license)] == [
        "paid" if is_charged else "not_covered"
    ]
    assert len(gateway.charges()) == CardPayment.objects.count() == int(is_charged)


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_nights_of_changing_clocks_the_card_pays_once(
    gateway: Gateway, acme: Reseller, night: date
) -> None:
    make_card(gateway, acme)
    license = make_anchored(acme, night - 23 * DAY)  # it is first due that night
    begins, ends = acme.day_begins(night), acme.day_ends(night)
    moment = begins - timedelta(minutes=30)
    while moment < ends:
        with time_machine.travel(moment, tick=False):
            renew(acme, acme.day_of(moment), moment)
        moment += timedelta(minutes=90)
    assert len(gateway.charges()) == 1
    assert_charged_once_each(license, gateway)
