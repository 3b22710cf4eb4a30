"""What is wrong with a purchase by card is told at its field, and no card is charged."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Card, CardPayment
from catalog.models import Price, Product
from orders.models import Order
from resellers.models import DistributionCompany, Reseller, User
from tests.billing.cards import make_card
from tests.factories import DistributionCompanyFactory, make_entry
from tests.gateway import Gateway
from tests.orders.shop import BuyPage, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(acme: Reseller, gateway: Gateway) -> Card:
    """Acme has two cards and a partner, Guard is on sale; the account is empty."""
    open_shop(acme, "0.00")
    DistributionCompanyFactory.create(reseller=acme, name="Distri")
    make_card(gateway, acme, "mastercard", is_default=False)
    return make_card(gateway, acme, is_default=True)


@pytest.fixture
def form(card: Card, as_: Callable[[User], Client], alice: User) -> BuyPage:
    """The page with the total of one Guard on it."""
    return BuyPage.open(as_(alice), product="guard", term="12", quantity="1")


def press(form: BuyPage, card: Card, **changes: str) -> Any:
    """Press the button with all that was right when the page was shown, but for the changes."""
    company = DistributionCompany.objects.get()
    right = {"payment_type": "card", "card": str(card.pk), "expected_amount": "120.00"}
    return form.press(**{**right, "distribution_company": str(company.pk), **changes})


def assert_refused(answer: Any, field: str, gateway: Gateway) -> None:
    """It is told at the field, what was typed is kept, and nothing was asked for."""
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'value="PO-7"' in answer.text
    assert not CardPayment.objects.exists()
    assert not Order.objects.exists()
    assert gateway.requests("/v1/payment_intents") == []


def test_with_every_card_gone_it_is_said_where_it_is_seen_and_the_balance_pays(
    form: BuyPage, card: Card, acme: Reseller, gateway: Gateway
) -> None:
    Card.objects.update(is_default=False, removed_at=timezone.now())
    answer = press(form, card, reference="PO-7")
    assert_refused(answer, "payment_type", gateway)
    assert "no card that can pay (any more). Pay from the balance, or add a card" in answer.text
    field = answer.context["form"]["payment_type"]
    assert not field.is_hidden
    assert [value for value, _label in field.field.choices] == ["balance"]
    assert "Balance after" in answer.text, "the quote speaks of what would pay now"
    make_entry(acme, "200.00")
    values = {"payment_type": "balance", "card": "", "distribution_company": ""}
    assert form.press(**values, expected_amount="120.00").status_code == 303
    assert Order.objects.get().payment_type == "balance"


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "501", "NaN", "9" * 40, "\0"])
def test_a_quantity_is_a_whole_number_from_1_to_500(
    form: BuyPage, card: Card, gateway: Gateway, quantity: str
) -> None:
    assert_refused(press(form, card, quantity=quantity, reference="PO-7"), "quantity", gateway)


def retire_the_product() -> None:
    Product.objects.update(retired_at=timezone.now())


def retire_the_distributor() -> None:
    DistributionCompany.objects.update(retired_at=timezone.now())


def let_the_price_end() -> None:
    Price.objects.all().delete()


def sell_in_dollars_only() -> None:
    Price.objects.update(currency="USD")


def let_the_card_expire() -> None:
    expired = timezone.now().date() - timedelta(days=2)
    Card.objects.filter(is_default=True).update(expires_on=expired)


def remove_the_card() -> None:
    Card.objects.filter(is_default=True).update(removed_at=timezone.now(), is_default=False)


def remove_all_cards() -> None:
    Card.objects.update(removed_at=timezone.now(), is_default=False)


MEANWHILE = {
    retire_the_product: "product",
    retire_the_distributor: "distribution_company",
    let_the_price_end: "term",
    sell_in_dollars_only: "term",
    let_the_card_expire: "card",
    remove_the_card: "card",
    remove_all_cards: "payment_type",
}


@pytest.mark.parametrize("change", MEANWHILE)
def test_what_ended_since_the_page_was_shown_is_told_and_nothing_is_charged(
    form: BuyPage, card: Card, gateway: Gateway, change: Callable[[], None]
) -> None:
    change()
    assert_refused(press(form, card, reference="PO-7"), MEANWHILE[change], gateway)
