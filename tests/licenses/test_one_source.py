"""A period is paid from one source: while a card may still pay it, nothing else does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import park_account
from billing.models import BalanceEntry, CardPayment, CardRefund, EntryKind
from billing.payments import confirm
from billing.payments.hints import look_soon
from billing.payments.watching import check_one, sweep
from licenses.models import License, Renewal, RenewalState
from licenses.renewing import charging, statements
from licenses.renewing.due import resellers_due
from licenses.renewing.engine import Tally, renew_batch
from resellers.models import Reseller, User
from tests.billing.cards import checked, make_card, pass_time
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.test_card_renewals import due, fresh, outcomes, run

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def to_confirm(gateway: Gateway, acme: Reseller) -> License:
    """A license whose card payment waits for its owner, while Acme has the money by now."""
    make_card(gateway, acme, "needs_authentication")
    [license] = due(acme, 5)
    run(acme)
    make_entry(acme, "500.00")
    return license


def renewals_paid_by_balance() -> int:
    return BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count()


def test_what_waits_for_a_person_is_ended_before_the_balance_pays(
    gateway: Gateway, acme: Reseller, to_confirm: License
) -> None:
    run(acme, days=1)
    assert CardPayment.objects.get().state == "abandoned"
    assert renewals_paid_by_balance() == 1
    assert not gateway.charges()
    assert not CardRefund.objects.exists()


def test_what_cannot_be_ended_blocks_the_balance(
    gateway: Gateway, acme: Reseller, to_confirm: License
) -> None:
    gateway.fault("error_before", path="/v1/payment_intents/*", times=9)
    run(acme, days=1)
    gateway.clear_faults()
    assert CardPayment.objects.get().state == "unknown"
    run(acme, days=1)
    assert renewals_paid_by_balance() == 0


def confirmed_without_a_word(gateway: Gateway, acme: Reseller) -> None:
    """Let the owner confirm while nobody hears of it; then let a pass come."""
    payment = confirm(CardPayment.objects.get())
    gateway.authenticate(payment.gateway_id)
    gateway.fault("error_before", path="/v1/payment_intents/*", times=9)
    run(acme, days=1)
    gateway.clear_faults()
    checked(CardPayment.objects.get())


def test_a_confirmation_that_nobody_heard_of_pays_alone(
    gateway: Gateway, acme: Reseller, to_confirm: License
) -> None:
    confirmed_without_a_word(gateway, acme)
    assert (len(gateway.charges()), renewals_paid_by_balance()) == (1, 0)
    assert fresh(to_confirm).ends_on > to_confirm.ends_on  # type: ignore[operator]
    assert outcomes() == [("card", "paid")]


def test_twin_without_looking_at_open_payments_both_would_pay(
    gateway: Gateway, acme: Reseller, to_confirm: License, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = statements.PICK_DUE.replace("payment.settled_at IS NULL", "false")
    monkeypatch.setattr(charging, "PICK_DUE", blind)
    confirmed_without_a_word(gateway, acme)
    assert (len(gateway.charges()), renewals_paid_by_balance()) == (1, 1)
    assert CardRefund.objects.count() == 1


def test_a_payment_that_blocks_is_checked_and_makes_nothing_late(
    gateway: Gateway, acme: Reseller, to_confirm: License
) -> None:
    gateway.fault("error_before", path="/v1/payment_intents/*", times=9)
    run(acme, days=1)
    Renewal.objects.update(next_attempt_on=acme.day_of(timezone.now()))
    later = timezone.now() + timedelta(days=3)
    assert resellers_due(later) == [acme]
    assert resellers_due(later, days_ago=2) == []


def test_by_hand_a_card_that_must_be_confirmed_leads_to_its_page(
    gateway: Gateway, acme: Reseller, alice: User, as_: As
) -> None:
    make_card(gateway, acme, "needs_authentication")
    [license] = due(acme, 5)
    answer = as_(alice).post(f"/licenses/{license.uuid}/renew/")
    payment = CardPayment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/payments/{payment.uuid}/")
    gateway.authenticate(payment.gateway_id)
    as_(alice).get(answer["Location"])
    assert Renewal.objects.get().state == RenewalState.PAID


def test_by_hand_the_balance_pays_once_what_waited_is_ended(
    gateway: Gateway, acme: Reseller, alice: User, as_: As, to_confirm: License
) -> None:
    assert as_(alice).post(f"/licenses/{to_confirm.uuid}/renew/").status_code == 303
    assert CardPayment.objects.get().state == "abandoned"
    assert renewals_paid_by_balance() == 1


def test_by_hand_nothing_is_paid_while_a_card_may(
    gateway: Gateway, acme: Reseller, alice: User, as_: As, to_confirm: License
) -> None:
    gateway.fault("error_before", path="/v1/payment_intents/*", times=9)
    answer = as_(alice).post(f"/licenses/{to_confirm.uuid}/renew/")
    assert answer.status_code == 422
    assert "still being checked" in answer.content.decode()
    assert renewals_paid_by_balance() == 0


@pytest.mark.parametrize("why", ["parked", "cancelled"])
def test_a_payment_that_lost_its_sense_is_never_sent(
    gateway: Gateway, acme: Reseller, sam: User, why: str
) -> None:
    make_card(gateway, acme)
    [license] = due(acme, 1)
    now = timezone.now()
    renew_batch(Tally(acme), acme.day_of(now), now=now)
    if why == "parked":
        park_account(acme.pk, "A test.", actor=sam, now=now)
    else:
        License.objects.filter(pk=license.pk).update(
            cancelled_at=now, recurrent=False, in_renewal=True
        )
    pass_time(CardPayment.objects.get(), 61)
    assert sweep() == 1
    assert CardPayment.objects.get().state == "not_sent"
    assert gateway.attempts() == []


def test_however_often_word_comes_nothing_is_given_up_sooner(
    gateway: Gateway, acme: Reseller, to_confirm: License
) -> None:
    for _ in range(20):
        payment = CardPayment.objects.get()
        look_soon(payment, timezone.now())
        check_one(payment.pk)
    assert CardPayment.objects.get().state == "confirming"
