"""Buying by card: what the action refuses by itself, and what comes twice or at once."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from billing.gateway import Answer, Outcome
from billing.models import Card, CardPayment
from billing.payments import charge, settle
from billing.steps import lock_account
from catalog.models import Price, Product
from mailing.delivery import write
from mailing.models import Mail
from orders.actions import begin_card_purchase, buy
from orders.card_purchases import payment_key
from orders.models import Order
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.billing.cards import begin, make_card
from tests.factories import OrderFactory, PriceFactory, UserFactory, make_entry, make_order
from tests.gateway import Gateway
from tests.orders.shop import BuyPage, now, open_shop, purchase
from tests.races import after, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


@pytest.fixture
def guard(acme: Reseller) -> Product:
    """Guard is on sale, and Acme has no money in its account."""
    return open_shop(acme, "0.00")


@pytest.fixture
def card(guard: Product, acme: Reseller, gateway: Gateway) -> Card:
    """Acme has a card that pays."""
    return make_card(gateway, acme)


def refusal_of(guard: Product, card: Card, alice: User, **changes: Any) -> str | None:
    with pytest.raises(Refusal) as refused:
        begin_card_purchase(purchase(guard, **changes), card, actor=alice, now=now())
    assert not CardPayment.objects.exists()
    return refused.value.field


def test_what_is_no_longer_sold_is_not_bought_by_card(
    guard: Product, card: Card, alice: User
) -> None:
    Product.objects.update(retired_at=timezone.now())
    assert refusal_of(guard, card, alice) == "product"


def test_what_is_free_is_charged_to_no_card(guard: Product, card: Card, alice: User) -> None:
    Price.objects.update(amount=0)
    assert refusal_of(guard, card, alice, expected_amount=Decimal(0)) == "payment_type"


def test_a_card_pays_only_so_much_at_once(guard: Product, card: Card, alice: User) -> None:
    much = {"quantity": 2501, "expected_amount": Decimal("250100.00")}
    assert refusal_of(guard, card, alice, **much) == "card"
    most = purchase(guard, quantity=2500, expected_amount=Decimal("250000.00"))
    assert begin_card_purchase(most, card, actor=alice, now=now()).amount == 250000


def test_a_strangers_card_is_like_none(
    guard: Product, card: Card, alice: User, globex: Reseller, gateway: Gateway
) -> None:
    theirs = make_card(gateway, globex)
    with pytest.raises(Card.DoesNotExist):
        begin_card_purchase(purchase(guard), theirs, actor=alice, now=now())


def test_what_a_stranger_pays_by_card_keeps_nobody_from_buying(
    guard: Product, card: Card, alice: User, charlie: User, globex: Reseller
) -> None:
    wish = purchase(guard)
    begin_card_purchase(wish, card, actor=alice, now=now())
    PriceFactory.create(product=guard, currency="USD")
    make_entry(globex, "500.00")
    assert buy(wish, actor=charlie, now=now()).reseller == globex


def bought_meanwhile(guard: Product, card: Card, alice: User) -> Any:
    """Begin to pay by card while the same form buys from the balance, not committed yet."""
    wish = purchase(guard)

    def buying() -> None:
        lock_account(card.reseller)
        OrderFactory.create(reseller=card.reseller, product=guard, user=alice, key=wish.key)

    pay = partial(begin_card_purchase, wish, card, actor=alice, now=now())
    return after(buying, pay)


def test_one_form_does_not_pay_twice_at_once(guard: Product, card: Card, alice: User) -> None:
    outcome = bought_meanwhile(guard, card, alice)
    assert isinstance(outcome, Refusal)
    assert outcome.field == "key"


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_a_card_is_charged_too(
    guard: Product, card: Card, alice: User
) -> None:
    assert isinstance(bought_meanwhile(guard, card, alice), CardPayment)


def test_a_page_whose_card_is_being_charged_leads_to_the_payment(
    as_: Any, guard: Product, card: Card, alice: User
) -> None:
    make_entry(card.reseller, "500.00")
    page = BuyPage.open(as_(alice), product="guard", term="12", quantity="1")
    key = payment_key(UUID(page.hidden["key"]))
    pay = partial(begin, card, "120.00", purpose="purchase", key=key, actor=alice)
    answer = after(pay, page.press)
    assert (answer.status_code, Order.objects.count()) == (303, 0)
    assert answer.headers["Location"] == f"/payments/{CardPayment.objects.get().uuid}/"


def test_a_payment_that_is_in_doubt_twice_places_one_order(
    guard: Product, card: Card, alice: User
) -> None:
    payment = begin_card_purchase(purchase(guard), card, actor=alice, now=now())
    for outcome in (Outcome.UNKNOWN, Outcome.NEEDS_AUTHENTICATION, Outcome.UNKNOWN):
        settle(payment.pk, Answer(outcome, "pi_1"), now())
    assert (Order.objects.get().state, CardPayment.objects.get().state) == ("checking", "unknown")


def test_a_number_that_was_given_away_meanwhile_is_replaced(
    guard: Product, card: Card, alice: User
) -> None:
    payment = begin_card_purchase(purchase(guard), card, actor=alice, now=now())
    make_order(card.reseller, number=payment.about)
    assert charge(payment).is_paid
    assert Order.objects.get(card_payment=payment).number != payment.about


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "viewer"}])
def test_who_may_get_no_codes_any_more_is_sent_none_the_admins_are(
    guard: Product, card: Card, alice: User, change: dict[str, Any]
) -> None:
    adam, eve = UserFactory.create_batch(2, reseller=card.reseller, role="admin")
    UserFactory.create(reseller=card.reseller, role="admin", is_active=False)
    payment = begin_card_purchase(purchase(guard), card, actor=alice, now=now())
    settle(payment.pk, Answer(Outcome.UNKNOWN), now())
    User.objects.filter(pk=alice.pk).update(**change)
    settle(payment.pk, Answer(Outcome.SUCCEEDED, "pi_1"), now())
    mails = Mail.objects.filter(kind="order_confirmation").order_by("pk")
    assert [mail.to for mail in mails] == [adam.email, eve.email]
    assert all("Guard" in write(mail).subject for mail in mails)
