"""Buying in tests: a product on sale, money, and the page as a browser sees it."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from catalog.models import Product
from orders.models import Order
from orders.purchases import Purchase
from resellers.models import Reseller
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
