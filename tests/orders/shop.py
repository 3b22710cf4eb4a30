"""Buying in tests: a product on sale, money, and the page as a browser sees it."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from billing.models import Account
from catalog.models import Product
from desk.verify.registry import check_all
from licenses.models import License
from orders.actions import buy
from orders.models import Order
from orders.purchases import Purchase
from resellers.models import Reseller, User
from tests.factories import PriceFactory, ProductFactory, make_entry


def open_shop(reseller: Reseller, money: str = "10000.00") -> Product:
    """Put a product on sale for 120.00 a year, 100.00 from ten on, and fill the account."""
    product = ProductFactory.create(slug="guard", name="Guard")
    prices = {"product": product, "currency": reseller.currency}
    PriceFactory.create(**prices)
    PriceFactory.create(**prices, minimum_quantity=10, amount=Decimal("100.00"))
    if Decimal(money):
        make_entry(reseller, money)
    return product


def purchase(product: Product, **changes: Any) -> Purchase:
    """Return the wish for one license, at the price that it costs."""
    values: dict[str, Any] = {
        "product": product,
        "term_months": 12,
        "quantity": 1,
        "distribution_company": None,
        "recurrent": False,
        "reference": "",
        "expected_amount": Decimal("120.00"),
        "key": uuid4(),
    }
    return Purchase(**{**values, **changes})


@dataclass
class BuyPage:
    """The purchase page in a browser: what it holds, and what pressing its button answers."""

    client: Client
    hidden: dict[str, str]

    @classmethod
    def open(cls, client: Client, **query: str) -> "BuyPage":
        """Open the page."""
        page = client.get("/orders/buy/", query)
        assert page.status_code == 200
        return cls(client, hidden_fields(page.text))

    def press(self, **changes: str) -> Any:
        """Press the button; a page that comes back replaces this one."""
        data = {
            "product": "guard",
            "term": "12",
            "quantity": "1",
            "distribution_company": "",
            "reference": "",
            "payment_type": "balance",
            **self.hidden,
            **changes,
        }
        answer = self.client.post("/orders/buy/", data)
        if answer.status_code == 422:
            self.hidden = hidden_fields(answer.text)
        return answer


def hidden_fields(text: str) -> dict[str, str]:
    """Return the hidden fields of the purchase form."""
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', text)
    return {name: value for name, value in found if name in {"key", "expected_amount"}}


def bought(answer: Any) -> Order:
    """Return the order that an answer leads to."""
    assert answer.status_code == 303, answer.text
    number = answer.headers["Location"].split("/")[2]
    return Order.objects.get(number=number)


def now() -> datetime:
    """Return the moment."""
    return timezone.now()


def a_key() -> UUID:
    """Return a key that no form has."""
    return uuid4()


def buy_three(reseller: Reseller, buyer: User) -> Order:
    """Buy three licenses for 120.00 each, of 1,000.00."""
    wish = purchase(
        open_shop(reseller, "1000.00"), quantity=3, recurrent=True, expected_amount=Decimal(360)
    )
    return buy(wish, actor=buyer, now=now())


def first(order: Order) -> License:
    """Return the first license of an order."""
    return order.licenses.order_by("pk")[0]


def balance(order: Order) -> Decimal:
    """Return the balance of an order's reseller."""
    return Account.objects.get(reseller=order.reseller).balance


def broken() -> list[str]:
    """Return the rules that do not hold."""
    return [result.name for result in check_all() if result.rows]
