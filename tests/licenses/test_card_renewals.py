"""Renewals that the default card pays: one charge for each license and period, whatever happens."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import CardPayment, CardRefund, PaymentState
from billing.payments import charge, confirm, look_again
from billing.payments.charging import never_sent
from billing.payments.refunding import sweep_refunds
from billing.payments.settling import DROPPED, settle
from billing.payments.watching import sweep
from licenses.models import License, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.engine import Tally, renew_batch, renew_reseller
from mailing.delivery import write
from mailing.models import Mail
from resellers.models import Reseller, User
from tests.billing.cards import checked, make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


def due(reseller: Reseller, *days: int, **more: Any) -> list[License]:
    """Return licenses that end so many days from the real today."""
    shift = (reseller.day_of(timezone.now()) - TODAY).days
    return make_due(reseller, *(shift + day for day in days), **more)


def run(reseller: Reseller, days: int = 0) -> None:
    now = timezone.now()
    renew_reseller(reseller, reseller.day_of(now) + timedelta(days=days), now=now)


def fresh(license: License) -> License:
    return License.objects.get(pk=license.pk)


def outcomes() -> list[tuple[str, str]]:
    rows = RenewalAttempt.objects.order_by("pk").values_list("source", "outcome")
    return [(source, outcome) for source, outcome in rows]


def test_the_card_pays_what_the_balance_does_not(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    make_entry(acme, "15.00")
    first, second = due(acme, 1, 2)
    run(acme)
    assert outcomes() == [("balance", "paid"), ("card", "paid")]
    [charged] = gateway.charges()
    assert (charged["amount"], charged["metadata"]["purpose"]) == (1000, "renewal")
    assert CardPayment.objects.get().key.startswith(f"renewal/{second.uuid}/1/")
    for license in (first, second):
        assert fresh(license).ends_on > license.ends_on  # type: ignore[operator]
    run(acme)
    assert len(gateway.charges()) == 1


@pytest.mark.parametrize("missing", ["card", "key", "date"])
def test_without_a_card_that_can_be_charged_it_waits(
    gateway: Gateway, acme: Reseller, settings: Any, missing: str
) -> None:
    if missing != "card":
        past = timezone.now().date() - timedelta(days=40)
        ends: dict[str, Any] = {"expires_on": past} if missing == "date" else {}
        make_card(gateway, acme, **ends)
    if missing == "key":
        settings.STRIPE_SECRET_KEY = ""
    due(acme, 1)
    run(acme)
    assert outcomes() == [("balance", "not_covered")]
    assert CardPayment.objects.count() == 0


def test_a_soft_decline_is_tried_again_tomorrow_under_another_key(
    gateway: Gateway, acme: Reseller
) -> None:
    card = make_card(gateway, acme, "insufficient_funds")
    [license] = due(acme, 5)
    run(acme)
    renewal = Renewal.objects.get()
    tomorrow = acme.day_of(timezone.now()) + timedelta(days=1)
    assert (renewal.state, renewal.next_attempt_on) == (RenewalState.WAITING, tomorrow)
    assert "not enough funds" in RenewalAttempt.objects.get().reason
    assert fresh(license).recurrent
    gateway.becomes(card.token, "succeeds")
    run(acme, days=1)
    assert outcomes() == [("card", "declined"), ("card", "paid")]
    keys = set(CardPayment.objects.values_list("key", flat=True))
    assert (len(keys), len(gateway.charges())) == (2, 1)


def test_a_hard_decline_is_not_tried_again_and_turns_auto_renew_off(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme, "stolen")
    [license] = due(acme, 5)
    run(acme)
    assert outcomes() == [("card", "refused")]
    assert (Renewal.objects.get().state, fresh(license).recurrent) == (RenewalState.ENDED, False)
    run(acme, days=1)
    assert len(gateway.attempts()) == 1


def test_what_is_unknown_blocks_any_other_charge(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    [license] = due(acme, 5)
    gateway.fault("timeout_after", seconds=2)
    run(acme)
    assert Renewal.objects.get().state == RenewalState.CHECKING
    make_entry(acme, "500.00")
    for days in range(3):
        run(acme, days=days)
    assert outcomes() == [("card", "unknown")]
    assert checked(CardPayment.objects.get()).state == PaymentState.SUCCEEDED
    assert outcomes() == [("card", "paid")]
    assert len(gateway.charges()) == 1
    assert fresh(license).ends_on > license.ends_on  # type: ignore[operator]


def test_one_that_must_be_confirmed_is_told_and_may_still_be_paid(
    gateway: Gateway, acme: Reseller, alice: User, as_: Any
) -> None:
    make_card(gateway, acme, "needs_authentication")
    [license] = due(acme, 5)
    run(acme)
    assert outcomes() == [("card", "needs_authentication")]
    assert Renewal.objects.get().state == RenewalState.WAITING
    payment = CardPayment.objects.get()
    mail = Mail.objects.get(kind="payments_to_confirm")
    assert mail.to == alice.email
    as_(alice).post(f"/payments/{payment.uuid}/")
    gateway.authenticate(payment.gateway_id)
    assert look_again(payment).is_paid
    assert outcomes() == [("card", "paid")]
    assert fresh(license).ends_on > license.ends_on  # type: ignore[operator]


def test_the_mail_holds_the_link_and_no_secret(
    gateway: Gateway, acme: Reseller, alice: User
) -> None:
    make_card(gateway, acme, "needs_authentication")
    due(acme, 5, 6)
    run(acme)
    text = write(Mail.objects.get(kind="payments_to_confirm"))
    for payment in CardPayment.objects.all():
        assert f"/payments/{payment.uuid}/" in text.text
        assert f"/payments/{payment.uuid}/" in text.html
        assert payment.gateway_id not in text.html
    assert "_secret_" not in text.text


def test_the_next_try_ends_the_one_that_waits_for_a_person(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme, "needs_authentication")
    due(acme, 5)
    run(acme)
    first = CardPayment.objects.get()
    run(acme, days=1)
    states = CardPayment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["abandoned", "confirming"]
    assert gateway.client().v1.payment_intents.retrieve(first.gateway_id).status == "canceled"


def test_no_try_is_made_if_the_one_before_was_confirmed_meanwhile(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme, "needs_authentication")
    [license] = due(acme, 5)
    run(acme)
    payment = CardPayment.objects.get()
    confirm(payment)
    gateway.authenticate(payment.gateway_id)  # nobody came back to tell
    run(acme, days=1)
    assert [each["status"] for each in gateway.attempts()].count("succeeded") == 1
    assert outcomes() == [("card", "paid")]
    assert Renewal.objects.get().state == RenewalState.PAID
    assert fresh(license).ends_on > license.ends_on  # type: ignore[operator]


def test_a_pass_that_died_before_it_charged_is_brought_to_an_end(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme)
    due(acme, 1)
    now = timezone.now()
    assert renew_batch(Tally(acme), acme.day_of(now), now=now)
    assert gateway.charges() == []
    run(acme)
    assert outcomes() == [("card", "paid")]
    assert len(gateway.charges()) == 1


def test_a_worker_ends_it_too(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    due(acme, 1)
    now = timezone.now()
    renew_batch(Tally(acme), acme.day_of(now), now=now)
    assert sweep() == 1
    assert outcomes() == [("card", "paid")]


def test_the_money_goes_back_if_the_license_was_cancelled_meanwhile(
    gateway: Gateway, acme: Reseller
) -> None:
    make_card(gateway, acme)
    [license] = due(acme, 5)
    gateway.fault("timeout_after", seconds=2)
    run(acme)
    License.objects.filter(pk=license.pk).update(
        cancelled_at=timezone.now(), recurrent=False, in_renewal=True
    )
    checked(CardPayment.objects.get())
    assert outcomes() == [("card", "not_sent")]
    refund = CardRefund.objects.get()
    assert (refund.amount, refund.state) == (Decimal("10.00"), "waiting")
    assert sweep_refunds() == 1
    assert sweep_refunds() == 0
    assert [each["amount"] for each in gateway.refunds()] == [1000]
    assert CardRefund.objects.get().state == "succeeded"


def test_the_default_card_stays_while_licenses_renew(
    gateway: Gateway, acme: Reseller, alice: User, as_: Any
) -> None:
    card, other = make_card(gateway, acme), make_card(gateway, acme, "mastercard")
    due(acme, 100)
    refused = as_(alice).post(f"/settings/payment/{card.uuid}/remove/")
    assert refused.status_code == 422
    assert "Make another card the default first" in refused.content.decode()
    as_(alice).post(f"/settings/payment/{other.uuid}/default/")
    assert as_(alice).post(f"/settings/payment/{card.uuid}/remove/").status_code == 303


def test_dropping_leaves_alone_what_was_sent(gateway: Gateway, acme: Reseller) -> None:
    make_card(gateway, acme)
    due(acme, 1)
    run(acme)
    payment = CardPayment.objects.get()
    never = never_sent(DROPPED)
    assert settle(payment.pk, never, timezone.now(), first_at=payment.checks).is_paid
    assert charge(payment).is_paid
    assert outcomes() == [("card", "paid")]
