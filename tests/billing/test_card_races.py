"""Two who do something with the cards of a company at once, and whose cards they are."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions import begin_deposit, make_default, remove_card
from billing.actions.cards import customer_of, keep_card
from billing.gateway import FinishedSetup, GatewayError, gateway as the_gateway
from billing.models import Account, Card, CardPayment
from billing.steps import lock_account
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.billing.cards import begin, make_card
from tests.gateway import Gateway
from tests.races import after, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def entered(who: str = "") -> FinishedSetup:
    """A card that a person entered on the gateway's page."""
    return FinishedSetup("cus_1", who, "pm_1", "visa", "4242", date(2099, 12, 31))


def keep_twice(acme: Reseller) -> list[Any]:
    deed = partial(keep_card, acme, entered(), now=timezone.now())
    return both_at_once(deed, deed, about_to_change=Card)


def test_told_twice_at_once_it_is_one_card(acme: Reseller) -> None:
    first, second = keep_twice(acme)
    assert first == second == Card.objects.get()


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_one_gets_an_error(acme: Reseller) -> None:
    assert kinds(keep_twice(acme)) == ["Card", "IntegrityError"]


@pytest.mark.parametrize("who", ["stranger", "", "x", "²", "0"])
def test_a_card_was_added_by_nobody_of_another_company(
    acme: Reseller, charlie: User, who: str
) -> None:
    named = str(charlie.pk) if who == "stranger" else who
    card = keep_card(acme, entered(named), now=timezone.now())
    assert card is not None
    assert card.added_by is None


def make_both_default(gateway: Gateway, alice: User) -> list[Any]:
    assert alice.reseller is not None
    make_card(gateway, alice.reseller)
    others = [make_card(gateway, alice.reseller, "mastercard") for _ in range(2)]
    now = timezone.now()
    deeds = [partial(make_default, alice.reseller, o.uuid, actor=alice, now=now) for o in others]
    return both_at_once(*deeds, about_to_change=Card)


def test_of_two_new_defaults_at_once_the_second_stays(gateway: Gateway, alice: User) -> None:
    assert kinds(make_both_default(gateway, alice)) == ["Card", "Card"]
    assert Card.objects.filter(is_default=True).count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_the_second_default_is_an_error(
    gateway: Gateway, alice: User
) -> None:
    assert kinds(make_both_default(gateway, alice)) == ["Card", "IntegrityError"]


def removed_while_it_pays(gateway: Gateway, alice: User) -> Any:
    assert alice.reseller is not None
    card = make_card(gateway, alice.reseller)
    remove = partial(remove_card, alice.reseller, card.uuid, actor=alice, now=timezone.now())
    return after(partial(begin, card), remove)


def test_a_card_that_is_about_to_pay_is_not_removed(gateway: Gateway, alice: User) -> None:
    assert isinstance(removed_while_it_pays(gateway, alice), Refusal)
    assert Card.objects.get().removed_at is None


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_it_is_removed(gateway: Gateway, alice: User) -> None:
    assert isinstance(removed_while_it_pays(gateway, alice), Card)


def pay_with(card: Card, reseller: Reseller, alice: User) -> CardPayment:
    now = timezone.now()
    return begin_deposit(reseller, card, Decimal(50), key=uuid4(), actor=alice, now=now)


def test_a_card_that_is_being_removed_does_not_pay(
    gateway: Gateway, acme: Reseller, alice: User
) -> None:
    card = make_card(gateway, acme)

    def remove() -> None:
        lock_account(acme)
        Card.objects.filter(pk=card.pk).update(removed_at=timezone.now(), is_default=False)

    assert isinstance(after(remove, partial(pay_with, card, acme, alice)), Refusal)
    assert not CardPayment.objects.exists()


def test_a_strangers_card_is_like_none(
    gateway: Gateway, acme: Reseller, globex: Reseller, alice: User
) -> None:
    theirs, now = make_card(gateway, globex, is_default=False), timezone.now()
    for deed in (make_default, remove_card):
        with pytest.raises(Card.DoesNotExist):
            deed(acme, theirs.uuid, actor=alice, now=now)
    with pytest.raises(Card.DoesNotExist):
        pay_with(theirs, acme, alice)


def test_the_default_card_is_not_made_it_again(
    gateway: Gateway, acme: Reseller, alice: User
) -> None:
    card = make_card(gateway, acme)
    with pytest.raises(Refusal, match="the default card already"):
        make_default(acme, card.uuid, actor=alice, now=timezone.now())


def test_a_company_keeps_the_customer_that_was_made_first(gateway: Gateway, acme: Reseller) -> None:
    first = partial(Account.objects.filter(reseller=acme).update, gateway_customer="cus_first")
    assert after(first, partial(customer_of, acme)) == "cus_first"
    assert Account.objects.get(reseller=acme).gateway_customer == "cus_first"


def test_a_customer_is_asked_for_again_with_the_same_key(gateway: Gateway, acme: Reseller) -> None:
    gateway.fault("error_after", "/v1/customers")
    with pytest.raises(GatewayError):
        customer_of(acme)
    customer_of(acme)
    first, second = gateway.requests("/v1/customers")
    assert first["key"] == second["key"]


def test_a_card_is_removed_although_the_gateway_is_silent(
    gateway: Gateway, acme: Reseller, alice: User
) -> None:
    card = make_card(gateway, acme)
    gateway.fault("error_before", "/v1/payment_methods*")
    remove_card(acme, card.uuid, actor=alice, now=timezone.now())
    assert Card.objects.get().removed_at is not None


def test_a_card_that_the_gateway_has_let_go_of_already_is_no_error(gateway: Gateway) -> None:
    the_gateway().detach("pm_gone")
