"""The home page: each figure counts what its list shows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Account
from desk.figures import figures
from licenses.models import License
from resellers.models import Reseller, User
from tests.factories import make_active, make_cancelled, make_entry, make_order

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=BERLIN)


def values(reseller: Reseller, now: datetime) -> list[int | str]:
    return [figure.value for figure in figures(reseller, now)]


def first_license(reseller: Reseller, **fields: Any) -> License:
    return make_order(reseller, quantity=1, **fields).licenses.get()


def test_today_is_the_resellers_own_day(acme: Reseller) -> None:
    make_order(acme, quantity=2, placed_at=datetime(2026, 11, 24, 0, 0, tzinfo=BERLIN))
    make_order(acme, quantity=1, placed_at=datetime(2026, 11, 23, 23, 59, tzinfo=BERLIN))
    assert values(acme, NOON)[0] == 1
    assert figures(acme, NOON)[0].note == "2 licenses bought"


def test_available_leaves_out_what_is_activated_or_cancelled(acme: Reseller) -> None:
    order = make_order(acme, quantity=4)
    used, cancelled, *_ = order.licenses.all()
    make_active(used)
    order.refresh_from_db()
    make_cancelled(order.licenses.get(pk=cancelled.pk))
    assert values(acme, timezone.now())[1] == 2


def test_activated_this_month_begins_at_the_first_midnight_in_the_zone(acme: Reseller) -> None:
    make_active(first_license(acme), activated_at=datetime(2026, 11, 1, 0, 0, tzinfo=BERLIN))
    make_active(first_license(acme), activated_at=datetime(2026, 10, 31, 23, 59, tzinfo=BERLIN))
    assert values(acme, NOON)[2] == 1


def test_expiring_counts_the_next_thirty_days_and_who_renews(acme: Reseller) -> None:
    today = NOON.date()
    for days, recurrent in ((0, False), (30, True), (31, True)):
        license = first_license(acme, recurrent=recurrent)
        make_active(license, ends_on=today + timedelta(days=days))
    figure = figures(acme, NOON)[3]
    assert (figure.value, figure.note) == (2, "in 2 orders; 1 renew automatically")


def test_nothing_of_another_reseller_is_counted(acme: Reseller, globex: Reseller) -> None:
    make_active(first_license(globex))
    make_order(globex)
    assert values(acme, timezone.now()) == [0, 0, 0, 0, "0.00", "0.00"]


def test_the_balance_says_what_can_be_spent(acme: Reseller) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=50)
    make_entry(acme, "100.00")
    acme.account.refresh_from_db()
    figure = figures(acme, NOON)[5]
    assert (str(figure.label), figure.value) == ("Balance in EUR", "100.00")
    assert "150.00 can be spent" in figure.note


def test_staff_are_led_to_the_admin_site(as_: Callable[[User], Client], sam: User) -> None:
    answer = as_(sam).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("orders", [1, 20])
def test_the_page_asks_as_much_of_a_large_account_as_of_a_small_one(
    as_: Callable[[User], Client],
    bob: User,
    acme: Reseller,
    orders: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(orders):
        make_active(first_license(acme))
    client = as_(bob)
    with django_assert_num_queries(10):
        assert client.get("/").status_code == 200
