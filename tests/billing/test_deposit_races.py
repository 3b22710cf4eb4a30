"""Who presses Deposit twice, or twenty times at once: one form is one charge."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from billing.actions import begin_deposit
from billing.models import Account, BalanceEntry, Card, CardPayment
from billing.payments import charge
from resellers.models import User
from tests.billing.cards import make_card
from tests.gateway import Gateway
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(gateway: Gateway, alice: User) -> Card:
    assert alice.reseller is not None
    return make_card(gateway, alice.reseller)


def press(browser: Client, card: Card, key: UUID) -> str:
    """Press the button of a form, and return where that leads."""
    values = {"amount": "75.50", "card": card.pk, "key": str(key)}
    return browser.post("/balance/deposit/", values)["Location"]


def press_at_once(as_: Any, alice: User, card: Card, times: int) -> list[Any]:
    """Press the button of one form in many windows at once."""
    key, browsers = uuid4(), [as_(alice) for _ in range(times)]
    return all_at_once(*(partial(press, browser, card, key) for browser in browsers))


@pytest.mark.parametrize("times", [2, 20])
def test_one_form_is_one_charge_however_often_it_is_pressed(
    gateway: Gateway, as_: Any, alice: User, card: Card, times: int
) -> None:
    led_to = press_at_once(as_, alice, card, times)
    payment = CardPayment.objects.get()
    assert set(led_to) <= {"/balance/", f"/payments/{payment.uuid}/"}
    assert [each["key"] for each in gateway.charges()] == [payment.key]
    assert (payment.state, BalanceEntry.objects.count()) == ("succeeded", 1)
    assert Account.objects.get(reseller=alice.reseller).balance == Decimal("75.50")


def test_twin_without_the_forms_key_each_press_is_charged(
    gateway: Gateway, as_: Any, alice: User, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.actions.deposits.payment_key", lambda _key: f"{uuid4()}")
    press_at_once(as_, alice, card, 3)
    assert len(gateway.charges()) == 3


def begin_twice(alice: User, card: Card) -> list[str]:
    """Begin one deposit twice, so that both have looked before the first is written down."""
    begin = partial(begin_deposit, card.reseller, card, Decimal("75.50"), key=uuid4())
    deed = partial(begin, actor=alice, now=timezone.now())
    begun = both_at_once(deed, deed, about_to_change=CardPayment)
    return sorted(type(each).__name__ for each in begun)


def test_two_at_once_are_one_payment(alice: User, card: Card) -> None:
    assert begin_twice(alice, card) == ["CardPayment"] * 2
    assert CardPayment.objects.count() == 1


def test_twin_without_the_lock_only_the_unique_key_stops_the_second(
    alice: User, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert begin_twice(alice, card) == ["CardPayment", "IntegrityError"]


def charge_both(card: Card, gateway: Gateway, alice: User) -> int:
    """Charge one payment in two processes at once; returns how often the gateway was asked."""
    payment = begin_deposit(
        card.reseller, card, Decimal("75.50"), key=uuid4(), actor=alice, now=timezone.now()
    )
    both_at_once(partial(charge, payment), partial(charge, payment), about_to_change=CardPayment)
    return len(gateway.requests("/v1/payment_intents"))


def test_of_two_who_charge_one_payment_one_asks_the_gateway(
    gateway: Gateway, alice: User, card: Card
) -> None:
    assert charge_both(card, gateway, alice) == 1


def test_twin_without_the_claim_both_ask(
    gateway: Gateway, alice: User, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim_nothing(payment: CardPayment, **_when: Any) -> bool:
        CardPayment.objects.filter(pk=payment.pk).update(sent_at=timezone.now())
        return True

    monkeypatch.setattr("billing.payments.charging._take", claim_nothing)
    assert charge_both(card, gateway, alice) == 2
    assert len(gateway.charges()) == 1, "the gateway's key is the last guard"
