"""A deposit by card that staff send back to the card."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions import park_account, release_account
from billing.actions.card_refunds import declare_paid_back, pay_to_balance
from billing.actions.returns import return_to_card
from billing.gateway import Answer, Outcome
from billing.models import Account, BalanceEntry, CardPayment, CardRefund, EntryKind
from billing.payments.refunding import sweep_refunds
from desk.verify.registry import check_all
from mailing.kinds import kind_named
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import answered, make_card, pay
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]


@pytest.fixture
def deposit(gateway: Gateway, acme: Reseller, alice: User) -> CardPayment:
    """Alice deposited 50.00 by card."""
    return pay(make_card(gateway, acme), actor=alice)


def give_back(deposit: CardPayment, sam: User, amount: str = "20.00") -> BalanceEntry:
    key, now = uuid4(), timezone.now()
    return return_to_card(deposit.pk, Decimal(amount), key=key, actor=sam, now=now)


def balance(payment: CardPayment) -> Decimal:
    return Account.objects.get(reseller=payment.reseller).balance


def broken() -> list[str]:
    return [result.name for result in check_all() if result.rows]


def test_it_is_taken_from_the_balance_and_goes_to_the_card(
    deposit: CardPayment, alice: User, sam: User, gateway: Gateway
) -> None:
    entry = give_back(deposit, sam)
    assert (entry.kind, str(entry.amount)) == ("deposit_refund", "-20.00")
    assert entry.reference == "Visa •••• 4242"
    assert balance(deposit) == 30
    sweep_refunds()
    assert [each["amount"] for each in gateway.refunds()] == [2000]
    assert CardRefund.objects.get().state == "succeeded"
    assert broken() == []
    event = AuditEvent.objects.get(verb="payment.deposit_returned")
    assert (event.actor, event.changes["returned"]) == (sam, "20.00")
    mail = Mail.objects.get(kind="deposit_returned")
    text = kind_named(mail.kind).write(mail)
    assert mail.to == alice.email
    for said in (text.text, text.html):
        assert "EUR\N{NO-BREAK SPACE}20.00" in said
        assert "Visa •••• 4242" in said
        assert "EUR\N{NO-BREAK SPACE}30.00" in said


@pytest.mark.parametrize("amount", ["0.00", "-20.00"])
def test_nothing_and_less_is_refused(deposit: CardPayment, sam: User, amount: str) -> None:
    with pytest.raises(Refusal, match="above zero") as refused:
        give_back(deposit, sam, amount)
    assert refused.value.field == "amount"
    assert balance(deposit) == 50


def test_never_more_than_the_payment_has_left(deposit: CardPayment, sam: User) -> None:
    make_entry(deposit.reseller, "500.00")
    give_back(deposit, sam, "20.00")
    with pytest.raises(Refusal, match=r"At most EUR.30\.00"):
        give_back(deposit, sam, "30.01")
    give_back(deposit, sam, "30.00")
    with pytest.raises(Refusal, match="went back already"):
        give_back(deposit, sam, "0.01")
    assert balance(deposit) == 500


def back_in_balance(deposit: CardPayment, sam: User) -> CardRefund:
    """Return 20.00 of it; the bank says no, and Sam pays it to the balance."""
    give_back(deposit, sam, "20.00")
    refund = answered(CardRefund.objects.get(), Answer(Outcome.DECLINED, "re_1"))
    return pay_to_balance(refund.pk, "The card was closed", actor=sam, now=timezone.now())


def test_what_is_back_in_the_balance_is_a_deposit_and_can_be_returned_later(
    deposit: CardPayment, sam: User, gateway: Gateway
) -> None:
    back_in_balance(deposit, sam)
    assert list(BalanceEntry.objects.in_ledger_order().values_list("kind", "amount")) == [
        ("deposit", Decimal(50)),
        ("deposit_refund", Decimal(-20)),
        ("deposit", Decimal(20)),
    ]
    give_back(deposit, sam, "50.00")
    sweep_refunds()
    assert [each["amount"] for each in gateway.refunds()] == [5000]
    assert balance(deposit) == 0
    assert broken() == []
    with pytest.raises(Refusal, match="went back already"):
        give_back(deposit, sam, "0.01")


def test_what_went_back_after_all_cannot_be_returned_once_more(
    deposit: CardPayment, sam: User
) -> None:
    refund = back_in_balance(deposit, sam)
    answered(refund, Answer(Outcome.SUCCEEDED, "re_1"))
    with pytest.raises(Refusal, match=r"At most EUR.30\.00"):
        give_back(deposit, sam, "30.01")
    assert broken() == []


def test_what_was_paid_back_otherwise_is_gone(deposit: CardPayment, sam: User) -> None:
    give_back(deposit, sam, "20.00")
    refund = answered(CardRefund.objects.get(), Answer(Outcome.DECLINED, "re_1"))
    declare_paid_back(refund.pk, "", "By bank transfer", actor=sam, now=timezone.now())
    with pytest.raises(Refusal, match=r"At most EUR.30\.00"):
        give_back(deposit, sam, "30.01")


def test_never_more_than_the_balance_holds(deposit: CardPayment, sam: User) -> None:
    Account.objects.update(credit_limit=100)
    make_entry(deposit.reseller, "-40.00", EntryKind.PURCHASE)
    with pytest.raises(Refusal, match=r"At most EUR.10\.00"):
        give_back(deposit, sam)
    assert balance(deposit) == 10
    assert not CardRefund.objects.exists()


def test_what_was_not_deposited_or_not_paid_is_refused(
    deposit: CardPayment, sam: User, gateway: Gateway, acme: Reseller
) -> None:
    declined = pay(make_card(gateway, acme, "declined"))
    CardPayment.objects.filter(pk=deposit.pk).update(purpose="renewal")
    for payment in (declined, deposit):
        with pytest.raises(Refusal, match="Only a deposit that was paid"):
            give_back(payment, sam)


def test_a_parked_account_gets_nothing_back(deposit: CardPayment, sam: User) -> None:
    park_account(deposit.reseller.pk, "Odd", actor=sam, now=timezone.now())
    with pytest.raises(Refusal, match="parked"):
        give_back(deposit, sam)
    release_account(deposit.reseller.pk, actor=sam)
    give_back(deposit, sam)


def test_sam_presses_the_button_twice(as_: As, sam: User, deposit: CardPayment) -> None:
    client = as_(sam)
    address = reverse("admin:billing_cardpayment_return", args=[deposit.pk])
    page = client.get(address).text
    assert "At most EUR\N{NO-BREAK SPACE}50.00 can go back" in page
    values = {"amount": "20.00", "key": str(uuid4())}
    for _press in range(2):
        assert client.post(address, values).status_code == 302
    assert balance(deposit) == 30
    again: Any = client.post(address, {"amount": "30.01", "key": str(uuid4())})
    assert (again.status_code, "At most" in again.text) == (422, True)


def test_the_people_of_a_reseller_may_not(as_: As, alice: User, deposit: CardPayment) -> None:
    address = reverse("admin:billing_cardpayment_return", args=[deposit.pk])
    assert as_(alice).post(address, {"amount": "1", "key": str(uuid4())}).status_code == 403
    assert balance(deposit) == 50


# At once


def names(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_ten_at_once_return_it_once(deposit: CardPayment, sam: User) -> None:
    deed = partial(give_back, deposit, sam, "50.00")
    assert names(all_at_once(*[deed] * 10)) == ["BalanceEntry"] + ["Refusal"] * 9
    assert balance(deposit) == 0
    assert broken() == []


def both(deposit: CardPayment, sam: User) -> list[str]:
    make_entry(deposit.reseller, "500.00")
    deed = partial(give_back, deposit, sam, "50.00")
    return names(both_at_once(deed, deed, about_to_change=BalanceEntry))


def test_of_two_at_once_one_counts(deposit: CardPayment, sam: User) -> None:
    assert both(deposit, sam) == ["BalanceEntry", "Refusal"]


def test_twin_without_the_locks_only_the_ledgers_numbers_stop_the_second(
    deposit: CardPayment, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert both(deposit, sam) == ["BalanceEntry", "IntegrityError"]
