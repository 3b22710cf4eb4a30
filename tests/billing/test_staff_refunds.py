"""What vendor staff do with money that did not get back to the card: it is owed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions import park_account
from billing.actions.card_refunds import (
    ask_about_refund,
    declare_paid_back,
    pay_to_balance,
    send_refund_again,
)
from billing.gateway import Answer, Outcome
from billing.models import Account, BalanceEntry, CardRefund, EntryKind
from billing.payments.refunding import sweep_refunds
from mailing.kinds import kind_named
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import answered, make_parked_refund
from tests.gateway import Gateway
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]
BECAUSE = {"because": "Seen at the gateway"}
REASON = {"reason": "The card was closed"}


@pytest.fixture
def refund(gateway: Gateway, acme: Reseller) -> CardRefund:
    """10.00 of a deposit of 50.00 were to go back, and the card's bank said no."""
    return make_parked_refund(gateway, acme)


def press(client: Client, refund: CardRefund, button: str, **values: str) -> Any:
    return client.post(reverse(f"admin:billing_cardrefund_{button}", args=[refund.pk]), values)


def event(verb: str) -> AuditEvent:
    return AuditEvent.objects.get(verb=f"payment.{verb}")


def test_asking_again_ends_as_before_while_the_bank_says_no(
    as_: As, sam: User, refund: CardRefund, gateway: Gateway
) -> None:
    assert press(as_(sam), refund, "ask-again").status_code == 302
    refund.refresh_from_db()
    assert refund.state == "waiting"
    sweep_refunds()
    refund.refresh_from_db()
    assert refund.state == "parked"
    assert len(gateway.refunds()) == 1
    assert event("refund_asked_again").actor == sam


def test_sent_again_it_is_something_new_for_the_gateway(
    as_: As, sam: User, refund: CardRefund, gateway: Gateway
) -> None:
    assert press(as_(sam), refund, "send-again", **BECAUSE).status_code == 302
    assert press(as_(sam), refund, "send-again", **BECAUSE).status_code == 422
    sweep_refunds()
    refund.refresh_from_db()
    assert (refund.state, refund.tries) == ("succeeded", 2)
    assert [each["key"] for each in gateway.refunds()] == ["refund/1", "refund/1/2"]
    assert event("refund_sent_again").changes["because"] == BECAUSE["because"]


@pytest.mark.parametrize(("found", "state"), [("re_found", "succeeded"), ("", "otherwise")])
def test_what_was_paid_back_is_settled_once(
    as_: As, sam: User, refund: CardRefund, found: str, state: str
) -> None:
    client = as_(sam)
    assert press(client, refund, "was-paid-back", gateway_id=found, **BECAUSE).status_code == 302
    again = press(client, refund, "was-paid-back", gateway_id=found, **BECAUSE)
    assert (again.status_code, "settled already" in again.text) == (422, True)
    refund.refresh_from_db()
    assert refund.state == state
    assert not BalanceEntry.objects.exclude(kind=EntryKind.DEPOSIT).exists()
    assert sweep_refunds() == 0


def test_it_is_paid_to_the_balance_instead(as_: As, sam: User, refund: CardRefund) -> None:
    assert press(as_(sam), refund, "to-balance", **REASON).status_code == 302
    assert press(as_(sam), refund, "to-balance", **REASON).status_code == 422
    entry = BalanceEntry.objects.get(key=refund.balance_key)
    assert (str(entry.amount), entry.reference) == ("10.00", REASON["reason"])
    assert entry.actor == sam
    refund.refresh_from_db()
    assert refund.state == "otherwise"
    assert Account.objects.get(reseller=refund.reseller).balance == 60
    assert event("refunded_to_balance").actor == sam


def test_the_company_is_told_that_it_is_in_the_balance(
    as_: As, alice: User, sam: User, refund: CardRefund
) -> None:
    for _press in range(2):
        press(as_(sam), refund, "to-balance", **REASON)
    mail = Mail.objects.get(kind="refund_to_balance")
    assert mail.to == alice.email
    text = kind_named(mail.kind).write(mail)
    assert text.subject == "EUR\N{NO-BREAK SPACE}10.00 is in your balance instead of on your card"
    for said in (text.text, text.html):
        assert "Visa •••• 4242" in said
        assert "EUR\N{NO-BREAK SPACE}60.00" in said


def test_a_word_of_the_gateway_pays_nothing_twice(
    as_: As, sam: User, refund: CardRefund, gateway: Gateway, caplog: Any
) -> None:
    press(as_(sam), refund, "to-balance", **REASON)
    answered(refund, Answer(Outcome.SUCCEEDED, refund.gateway_id))
    refund.refresh_from_db()
    assert refund.state == "otherwise"


def test_only_what_is_with_staff_is_theirs_to_decide(
    as_: As, sam: User, refund: CardRefund
) -> None:
    CardRefund.objects.update(state="waiting", next_check_at=timezone.now())
    for button, values in (
        ("send-again", BECAUSE),
        ("was-paid-back", BECAUSE),
        ("to-balance", REASON),
    ):
        answer = press(as_(sam), refund, button, **values)
        assert (answer.status_code, "on its way still" in answer.text) == (422, True)


def test_asking_costs_one_look_and_sending_begins_anew(
    as_: As, sam: User, refund: CardRefund
) -> None:
    CardRefund.objects.update(checks=99)
    for button, checks in (
        ("ask-again", len(settings.CARD_CHECK_SECONDS) - 1),
        ("send-again", 0),
    ):
        CardRefund.objects.update(state="parked", next_check_at=None)
        assert press(as_(sam), refund, button, **BECAUSE).status_code == 302
        refund.refresh_from_db()
        assert (refund.state, refund.checks) == ("waiting", checks)


def test_what_was_settled_meanwhile_is_not_asked_about(sam: User, refund: CardRefund) -> None:
    now = timezone.now()
    declare_paid_back(refund.pk, "", "Seen at the bank", actor=sam, now=now)
    with pytest.raises(Refusal, match="settled already"):
        ask_about_refund(refund.pk, actor=sam, now=now)
    refund.refresh_from_db()
    assert (refund.state, refund.next_check_at) == ("otherwise", None)


def test_what_is_owed_is_decided_for_a_parked_account_too(
    as_: As, sam: User, refund: CardRefund
) -> None:
    account = Account.objects.get(reseller=refund.reseller)
    park_account(account.reseller_id, "Odd entries", actor=sam, now=timezone.now())
    assert press(as_(sam), refund, "to-balance", **REASON).status_code == 302
    account.refresh_from_db()
    assert account.balance == 60


def test_a_reason_and_an_id_of_its_own_are_needed(as_: As, sam: User, refund: CardRefund) -> None:
    client = as_(sam)
    CardRefund.objects.create(
        reseller=refund.reseller,
        payment=refund.payment,
        key="2",
        amount=1,
        state="succeeded",
        gateway_id="re_other",
        settled_at=timezone.now(),
    )
    for button in ("send-again", "was-paid-back", "to-balance"):
        assert press(client, refund, button).status_code == 422
    wrong = press(client, refund, "was-paid-back", gateway_id="re_other", **BECAUSE)
    assert "belongs to another refund" in wrong.text
    refund.refresh_from_db()
    assert refund.state == "parked"


def test_the_people_of_a_reseller_may_not(as_: As, alice: User, refund: CardRefund) -> None:
    for button in ("ask-again", "send-again", "was-paid-back", "to-balance"):
        assert press(as_(alice), refund, button, **BECAUSE, **REASON).status_code == 403


def test_the_page_tells_what_happened(as_: As, sam: User, refund: CardRefund) -> None:
    page = as_(sam).get(reverse("admin:billing_cardrefund_change", args=[refund.pk])).text
    assert "10.00 did not get back to Visa •••• 4242" in page
    assert "It was not: pay it to the balance" in page


# At once


def both_ways(refund: CardRefund, sam: User) -> list[str]:
    """Let Sam send it again, and pay it to the balance, in two windows."""
    outcomes = both_at_once(
        partial(pay_to_balance, refund.pk, "Closed", actor=sam, now=timezone.now()),
        partial(send_refund_again, refund.pk, "Failed", actor=sam, now=timezone.now()),
        about_to_change=CardRefund,
    )
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_ten_times_to_the_balance_is_once(refund: CardRefund, sam: User) -> None:
    deed = partial(pay_to_balance, refund.pk, "Closed", actor=sam, now=timezone.now())
    outcomes = all_at_once(*[deed] * 10)
    assert sorted(type(each).__name__ for each in outcomes) == ["CardRefund"] + ["Refusal"] * 9
    assert BalanceEntry.objects.filter(key=refund.balance_key).count() == 1


def test_of_two_decisions_at_once_one_counts(refund: CardRefund, sam: User) -> None:
    assert both_ways(refund, sam) == ["CardRefund", "Refusal"]


def test_twin_without_the_locks_it_would_go_back_twice(
    refund: CardRefund, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert both_ways(refund, sam) == ["CardRefund", "CardRefund"]
