"""Refunds of licenses that were renewed ahead from another source than their order.

Each part goes back to where it came from.
"""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from billing.gateway import Answer, Outcome
from billing.models import BalanceEntry, CardPayment, CardRefund, EntryKind
from billing.payments import charge
from billing.payments.refunding import sweep_refunds
from catalog.models import Price
from licenses.models import License, RenewalAttempt
from licenses.renewing.manual import renew_by_hand
from mailing.kinds import kind_named
from mailing.models import Mail
from orders.actions import approve_refunds, ask_refund, begin_card_purchase, buy, refund_order
from orders.models import Order, Refund, RefundPart
from orders.refunds import offer
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import answered, make_card
from tests.factories import make_active, make_entry
from tests.gateway import Gateway
from tests.orders.shop import balance, broken, first, now, open_shop, purchase
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "Visa •••• 4242"


def renewed(order: Order, alice: User) -> License:
    """Alice renews the first license for 100.00, ten days before its period ends."""
    license = make_active(first(order), ends_on=order.reseller.day_of(now()) + timedelta(days=10))
    Price.objects.update(amount=Decimal(100))
    renew_by_hand(license.uuid, actor=alice, now=now())
    return license


@pytest.fixture
def by_balance(acme: Reseller, alice: User, gateway: Gateway) -> Order:
    """Three licenses for 360.00 from the balance; a card paid for another year of the first."""
    wish = purchase(open_shop(acme, "360.00"), quantity=3, expected_amount=Decimal(360))
    order = buy(wish, actor=alice, now=now())
    make_card(gateway, acme)
    renewed(order, alice)
    return order


@pytest.fixture
def by_card(acme: Reseller, alice: User, gateway: Gateway) -> Order:
    """Three licenses for 360.00 by card."""
    wish = purchase(open_shop(acme, "0.00"), quantity=3, expected_amount=Decimal(360))
    payment = begin_card_purchase(wish, make_card(gateway, acme), actor=alice, now=now())
    return Order.objects.get(card_payment=charge(payment))


@pytest.fixture
def mixed(by_card: Order, alice: User) -> Order:
    """Those, and the balance paid for another year of the first; 400.00 are left of it."""
    make_entry(by_card.reseller, "500.00")
    renewed(by_card, alice)
    return by_card


def back_on_cards(gateway: Gateway) -> list[int]:
    sweep_refunds()
    return sorted(each["amount"] for each in gateway.refunds())


def test_the_share_goes_to_the_balance_and_a_renewal_to_its_card(
    by_balance: Order, sam: User, gateway: Gateway
) -> None:
    [refund] = refund_order(by_balance.number, first(by_balance).uuid, "Odd", actor=sam, now=now())
    assert refund.amount == 220
    assert balance(by_balance) == 120
    assert back_on_cards(gateway) == [10000]
    assert CardRefund.objects.get().payment.purpose == "renewal"
    assert broken() == []


def test_the_share_goes_to_the_card_and_a_renewal_to_the_balance(
    mixed: Order, sam: User, gateway: Gateway
) -> None:
    license = first(mixed)
    refund_order(mixed.number, license.uuid, "Odd", actor=sam, now=now())
    assert balance(mixed) == 500
    entry = BalanceEntry.objects.get(kind=EntryKind.REFUND)
    assert entry.key == f"refund/{license.uuid}/1"
    assert entry.reference == f"{mixed.number}/{license.uuid}"
    assert back_on_cards(gateway) == [12000]
    assert broken() == []


def test_two_payments_of_one_card_each_get_their_part(
    by_card: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    renewed(by_card, alice)
    refund_order(by_card.number, None, "Odd", actor=sam, now=now())
    assert back_on_cards(gateway) == [10000, 36000]
    assert {each.payment.purpose for each in CardRefund.objects.all()} == {"purchase", "renewal"}
    assert RefundPart.objects.count() == 4
    assert broken() == []


def test_of_all_that_are_left_each_part_finds_its_way(
    mixed: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    ask_refund(mixed.number, None, "All", actor=alice, now=now())
    approve_refunds(mixed.number, None, actor=sam, now=now())
    assert balance(mixed) == 500
    assert back_on_cards(gateway) == [36000]
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [120, 120, 220]
    assert broken() == []


def test_a_renewal_goes_back_with_the_tax_rate_that_it_was_charged_with(
    by_balance: Order, alice: User, sam: User
) -> None:
    reseller, license = by_balance.reseller, by_balance.licenses.order_by("pk")[1]
    make_entry(reseller, "500.00")
    reseller.tax_rate = Decimal(7)
    reseller.save()
    make_active(license, ends_on=reseller.day_of(now()) + timedelta(days=10))
    renew_by_hand(license.uuid, actor=alice, now=now())
    refund_order(by_balance.number, license.uuid, "Odd", actor=sam, now=now())
    rates = {entry.key: entry.tax_rate for entry in BalanceEntry.objects.filter(kind="refund")}
    assert rates == {f"refund/{license.uuid}": by_balance.tax_rate, f"refund/{license.uuid}/1": 7}
    assert by_balance.tax_rate != 7


def test_what_has_begun_meanwhile_stays(
    mixed: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    [asked] = ask_refund(mixed.number, first(mixed).uuid, "Wrong", actor=alice, now=now())
    assert asked.amount == 220
    [refund] = approve_refunds(mixed.number, None, actor=sam, now=now() + timedelta(days=11))
    assert refund.amount == 120
    assert balance(mixed) == 400
    CardRefund.objects.update(next_check_at=now())
    assert back_on_cards(gateway) == [12000]
    assert broken() == []


def test_what_was_renewed_by_card_since_it_was_asked_for_goes_back_too(
    by_card: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    [asked] = ask_refund(by_card.number, first(by_card).uuid, "Wrong", actor=alice, now=now())
    assert asked.amount == 120
    renewed(by_card, alice)
    approve_refunds(by_card.number, None, actor=sam, now=now())
    assert back_on_cards(gateway) == [10000, 12000]


def test_what_a_bank_does_not_take_back_is_with_staff_and_the_rest_stands(
    by_balance: Order, sam: User
) -> None:
    refund_order(by_balance.number, first(by_balance).uuid, "Odd", actor=sam, now=now())
    answered(CardRefund.objects.get(), Answer(Outcome.DECLINED, "re_1"))
    assert CardRefund.objects.get().state == "parked"
    assert balance(by_balance) == 120
    assert broken() == []


def test_never_more_than_the_renewals_own_payment(by_balance: Order, sam: User) -> None:
    CardPayment.objects.filter(purpose="renewal").update(amount=Decimal("99.99"))
    with pytest.raises(Refusal, match="more than was paid by card"):
        refund_order(by_balance.number, first(by_balance).uuid, "Odd", actor=sam, now=now())
    assert balance(by_balance) == 0
    assert not RefundPart.objects.exists()


def test_a_renewal_by_a_card_that_nobody_knows_is_refused(by_balance: Order, sam: User) -> None:
    CardPayment.objects.filter(purpose="renewal").update(key="lost")
    with pytest.raises(Refusal, match="not known here"):
        refund_order(by_balance.number, None, "Odd", actor=sam, now=now())
    other = by_balance.licenses.order_by("pk")[1]
    assert offer(by_balance, by_balance.reseller.day_of(now()), other).amount == 120


# What people are told

EUR = "EUR\N{NO-BREAK SPACE}"
MIXED = f"the card {CARD} ({EUR}120.00) and the balance ({EUR}100.00)"


def test_the_dialog_says_what_goes_where(mixed: Order, as_: Any, alice: User) -> None:
    page = as_(alice).get(f"/orders/{mixed.number}/refund/?license={first(mixed).uuid}")
    assert f"{MIXED} that paid" in page.text


def test_staff_and_alice_are_told_what_goes_where(
    mixed: Order, as_: Any, alice: User, sam: User
) -> None:
    ask_refund(mixed.number, first(mixed).uuid, "Wrong", actor=alice, now=now())
    assert f"it goes back to {MIXED}" in text_of("refund_asked")
    button = f"/admin/orders/order/{mixed.pk}/approve-refund/"
    client: Client = as_(sam)
    assert f"goes back to {MIXED}" in client.get(button).text
    assert client.post(button).status_code == 302
    assert MIXED.replace("the ", "your ") in text_of("refund_decided")
    shown = as_(alice).get(f"/orders/{mixed.number}/").text
    assert f"220.00, 1 license: back to the card {CARD} (120.00) and the balance" in shown


def text_of(kind: str) -> str:
    mail = Mail.objects.get(kind=kind)
    return kind_named(kind).write(mail).text


def test_the_receipt_counts_the_order_alone(mixed: Order, as_: Any, alice: User, sam: User) -> None:
    refund_order(mixed.number, first(mixed).uuid, "Odd", actor=sam, now=now())
    page = as_(alice).get(f"/orders/{mixed.number}/receipt/")
    assert page.context["receipt"].net == 240
    assert f"back to the card {CARD}" in page.text
    assert "for renewals that had not begun went back to the balance" in page.text


def test_the_pages_of_refund_and_payment_tell_it_too(
    mixed: Order, as_: Any, alice: User, sam: User
) -> None:
    [refund] = refund_order(mixed.number, first(mixed).uuid, "Odd", actor=sam, now=now())
    page = as_(sam).get(f"/admin/orders/refund/{refund.pk}/change/").text
    assert f"Order: {EUR}120.00, the card {CARD} (On its way)" in page
    assert f"Renewal 1: {EUR}100.00, the balance" in page
    payment = CardRefund.objects.get().payment
    shown = as_(alice).get(reverse("billing:payment", args=[payment.uuid])).text
    assert "Goes back" in shown
    assert "On its way" in shown


def test_the_record_names_each_place(mixed: Order, sam: User) -> None:
    refund_order(mixed.number, first(mixed).uuid, "Odd", actor=sam, now=now())
    changes = AuditEvent.objects.get(verb="order.refunded").changes
    assert (changes["to_balance"], changes["to_cards"]) == ("100.00", {CARD: "120.00"})


# At once


def names(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_ten_at_once_are_one(mixed: Order, sam: User, gateway: Gateway) -> None:
    deed = partial(refund_order, mixed.number, first(mixed).uuid, "Odd", actor=sam, now=now())
    assert names(all_at_once(*[deed] * 10)) == ["Refusal"] * 9 + ["list"]
    assert balance(mixed) == 500
    assert back_on_cards(gateway) == [12000]
    assert broken() == []


def both(mixed: Order, sam: User) -> list[str]:
    deed = partial(refund_order, mixed.number, first(mixed).uuid, "Odd", actor=sam, now=now())
    return names(both_at_once(deed, deed, about_to_change=BalanceEntry))


def test_two_at_once_are_one(mixed: Order, sam: User) -> None:
    assert both(mixed, sam) == ["Refusal", "list"]


def test_twin_without_the_locks_only_the_keys_stop_the_second(
    mixed: Order, sam: User, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert both(mixed, sam) == ["IntegrityError", "list"]
    monkeypatch.undo()
    assert balance(mixed) == 500
    assert back_on_cards(gateway) == [12000]


def test_a_try_that_did_not_pay_gets_nothing_back(by_balance: Order, sam: User) -> None:
    """The payment that counts is that of the try which paid."""
    paid = RenewalAttempt.objects.get()
    RenewalAttempt.objects.create(
        reseller=paid.reseller, renewal=paid.renewal, on=paid.on, source="card", outcome="declined"
    )
    refund_order(by_balance.number, first(by_balance).uuid, "Odd", actor=sam, now=now())
    assert CardRefund.objects.get().amount == 100
