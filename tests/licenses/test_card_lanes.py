"""Renewals by card are charged beside the passes: a slow gateway holds up no balance, and a card
that was declined for good is left alone.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Card, CardPayment
from billing.payments import charge, charging, watching
from billing.payments.watching import see_through, sweep
from billing.tasks import sweep as sweep_task
from licenses.models import License, Renewal, RenewalAttempt
from licenses.renewing import charging as batches
from licenses.renewing.engine import renew_reseller
from licenses.tasks import renew_for
from reseller_portal.wake import bell
from resellers.models import Reseller
from tests.billing.cards import begin, make_card, pay
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_due
from tests.processes import Launcher, eventually
from tests.races import all_at_once, meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
SLOW = 60.0


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (5, 2 * SLOW)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what workers are told, instead of telling it."""
    told: list[str] = []
    monkeypatch.setattr(bell, "ring", lambda task, _ids: told.append(task.name))
    return told


@contextmanager
def no_lock(_name: str, *, wait: bool) -> Iterator[bool]:
    """Stand in for the lock, in the twin of a test."""
    yield True


def due(reseller: Reseller, *days: int, **more: Any) -> list[License]:
    """Return licenses that end so many days from the real today."""
    shift = (reseller.day_of(timezone.now()) - TODAY).days
    return make_due(reseller, *(shift + day for day in days), **more)


def run(reseller: Reseller, *, wait: bool) -> None:
    now = timezone.now()
    renew_reseller(reseller, reseller.day_of(now), now=now, wait=wait)


def outcomes(reseller: Reseller) -> list[tuple[str, str]]:
    attempts = RenewalAttempt.objects.filter(reseller=reseller).order_by("pk")
    return list(attempts.values_list("source", "outcome"))


def test_a_pass_asks_no_gateway_and_wakes_who_does(
    gateway: Gateway, acme: Reseller, rung: list[str]
) -> None:
    make_card(gateway, acme)
    due(acme, 1, 2)
    run(acme, wait=False)
    assert (gateway.requests("/v1/payment_intents"), rung) == ([], ["billing.sweep"])
    assert outcomes(acme) == [("card", "unknown")] * 2
    assert sweep() == 2
    assert outcomes(acme) == [("card", "paid")] * 2
    run(acme, wait=False)
    assert len(gateway.charges()) == 2


def test_whoever_waits_for_a_pass_gets_every_outcome(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    [license] = due(acme, -70, term=1)
    run(acme, wait=True)
    assert set(outcomes(acme)) == {("card", "paid")}
    license.refresh_from_db()
    assert license.ends_on is not None
    assert license.ends_on > acme.day_of(timezone.now())


def test_what_a_worker_is_just_charging_is_waited_for(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    due(acme, 1)
    run(acme, wait=False)
    gateway.fault("slow", seconds=1)
    with meanwhile(sweep) as running:
        running()
        asked(gateway)
        run(acme, wait=True)
        assert outcomes(acme) == [("card", "paid")]
    assert len(gateway.charges()) == 1


def test_what_died_in_being_charged_is_followed_after_its_lease(
    gateway: Gateway, acme: Reseller, settings: Any
) -> None:
    settings.CARD_LEASE_SECONDS = 0.5
    payment = begin(make_card(gateway, acme), has_person=False)
    assert watching.claim(payment.pk, timezone.now())
    assert see_through(payment.pk).is_paid
    assert len(gateway.charges()) == 1


def asked(gateway: Gateway) -> None:
    """Wait until the fault has met its request."""
    eventually(lambda: not gateway.ask("GET", "faults"), SLOW)


@pytest.fixture
def slow(gateway: Gateway, acme: Reseller, globex: Reseller) -> Iterator[Gateway]:
    """A gateway that is slow to charge; Acme's card has to pay, and Globex's balance."""
    make_card(gateway, acme)
    make_entry(globex, "500.00")
    due(acme, *range(1, 7))
    due(globex, 1)
    gateway.fault("slow", seconds=SLOW)
    yield gateway
    gateway.clear_faults()


def test_a_slow_gateway_holds_up_no_other_pass(
    slow: Gateway, acme: Reseller, globex: Reseller
) -> None:
    began = time.monotonic()
    renew_for(acme.pk)
    with meanwhile(sweep_task) as running:
        running()
        asked(slow)
        assert sweep() == 0
        for reseller in (globex, acme):
            renew_for(reseller.pk)
        assert outcomes(globex) == [("balance", "paid")]
        assert time.monotonic() - began < SLOW
        slow.clear_faults()
    assert outcomes(acme) == [("card", "paid")] * 6


def test_one_worker_of_two_is_enough_for_a_slow_gateway(
    gateway: Gateway, slow: Gateway, acme: Reseller, globex: Reseller, launch: Launcher
) -> None:
    launch.environment |= gateway.environment
    renew_for(acme.pk)
    launch.worker(children=2, STRIPE_TIMEOUT_SECONDS=[5, 2 * SLOW])
    for _ in range(4):
        sweep_task.delay()
    asked(slow)
    renew_for.delay(globex.pk)
    eventually(lambda: outcomes(globex) == [("balance", "paid")], SLOW)
    assert not slow.charges()


def second_sweep(slow: Gateway, acme: Reseller, globex: Reseller) -> int:
    """Sweep while another process charges Acme's card, and Globex's has something to pay, too."""
    renew_for(acme.pk)
    with meanwhile(sweep) as running:
        running()
        asked(slow)
        begin(make_card(slow, globex), has_person=False)
        taken = sweep()
        slow.clear_faults()
        return taken


def test_one_process_asks_a_slow_gateway(slow: Gateway, acme: Reseller, globex: Reseller) -> None:
    assert second_sweep(slow, acme, globex) == 0


def test_twin_without_the_lock_of_the_sweep_another_would_wait_there_too(
    slow: Gateway, acme: Reseller, globex: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "alone", no_lock)
    assert second_sweep(slow, acme, globex) == 1


def test_cards_are_charged_beside_each_other(
    gateway: Gateway, acme: Reseller, globex: Reseller
) -> None:
    for reseller in (acme, globex):
        begin(make_card(gateway, reseller), has_person=False)
    gateway.fault("slow", seconds=3, times=2)
    began = time.monotonic()
    assert sweep() == 2
    assert time.monotonic() - began < 6


def test_a_sweep_ends_in_time_and_the_next_one_goes_on(
    gateway: Gateway, acme: Reseller, settings: Any
) -> None:
    settings.JOB_SWEEP_SECONDS = 0.2
    card = make_card(gateway, acme)
    for _ in range(3):
        begin(card, has_person=False)
    gateway.fault("slow", seconds=0.3, times=3)
    assert [sweep(), sweep(), sweep(), sweep()] == [1, 1, 1, 0]


def test_however_many_charge_at_once_each_period_is_charged_once(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme)
    licenses = due(acme, *range(7))
    run(acme, wait=False)
    deeds: list[Any] = [sweep, *[partial(run, acme, wait=wait) for wait in (True, False)]]
    all_at_once(*deeds * 3)
    eventually(lambda: sweep() == 0 and not CardPayment.objects.open().exists())
    assert len(gateway.charges()) == len(licenses)
    assert {license.periods.count() for license in licenses} == {2}
    assert outcomes(acme) == [("card", "paid")] * len(licenses)


def refused(acme: Reseller, gateway: Gateway, *, wait: bool) -> list[License]:
    """Let a card that is declined for good have to pay for some licenses, in several batches."""
    make_card(gateway, acme, "stolen")
    licenses = due(acme, *range(1, 6))
    run(acme, wait=wait)
    sweep()
    return licenses


@pytest.mark.parametrize("wait", [True, False])
def test_after_a_decline_for_good_nothing_more_is_charged_to_the_card(
    gateway: Gateway, acme: Reseller, monkeypatch: pytest.MonkeyPatch, *, wait: bool
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    licenses = refused(acme, gateway, wait=wait)
    assert len(gateway.attempts()) == 1
    assert outcomes(acme) == [("card", "refused")] + [("card", "not_sent")] * 4
    still = License.objects.filter(pk__in=[one.pk for one in licenses], recurrent=True)
    assert still.count() == 4
    assert "was declined for good before" in RenewalAttempt.objects.latest("pk").reason


def test_twin_without_looking_at_the_card_each_license_would_be_declined(
    gateway: Gateway, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charging, "why_unwanted", lambda _payment: "")
    licenses = refused(acme, gateway, wait=False)
    assert len(gateway.attempts()) == 5
    still = License.objects.filter(pk__in=[one.pk for one in licenses], recurrent=True)
    assert not still.exists()


def test_a_card_that_was_declined_for_good_is_not_tried_again_until_it_pays(
    gateway: Gateway, acme: Reseller
) -> None:
    refused(acme, gateway, wait=True)
    card = Card.objects.get()
    Renewal.objects.filter(state="waiting").update(next_attempt_on=acme.day_of(timezone.now()))
    run(acme, wait=True)
    assert outcomes(acme)[5:] == [("balance", "not_covered")] * 4
    gateway.becomes(card.token, "succeeds")
    assert pay(card).is_paid  # by a person, who deposits with it
    card.refresh_from_db()
    assert card.refused_at is None
    Renewal.objects.filter(state="waiting").update(next_attempt_on=acme.day_of(timezone.now()))
    run(acme, wait=True)
    assert {source for source, _outcome in outcomes(acme)[9:]} == {"balance"}


def two_charges(gateway: Gateway, acme: Reseller) -> list[str]:
    """Charge a card that is declined for good from two processes at once."""
    card = make_card(gateway, acme, "stolen")
    payments = [begin(card, has_person=False) for _ in range(2)]
    gateway.fault("slow", seconds=0.5, times=2)
    all_at_once(*[partial(charge, payment) for payment in payments])
    return sorted(CardPayment.objects.values_list("state", flat=True))


def test_two_who_charge_one_card_at_once_heed_what_the_first_is_told(
    gateway: Gateway, acme: Reseller
) -> None:
    assert two_charges(gateway, acme) == ["not_sent", "refused"]


def test_twin_without_the_cards_turn_both_would_be_declined(
    gateway: Gateway, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charging, "alone", no_lock)
    assert two_charges(gateway, acme) == ["refused", "refused"]
