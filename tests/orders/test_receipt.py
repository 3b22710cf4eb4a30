"""The receipt: both addresses, the net amount, the tax of the day, what was paid back."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from billing.models import VendorDetails
from orders.actions import buy, refund_order
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.orders.shop import now, open_shop, purchase

As = Callable[[User], Client]


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """Three licenses for 360.00 net, bought when the rate was 19 per cent."""
    details = {"address": "Hafen 1\nBerlin <b>", "tax_number": "DE 1", "tax_rate": Decimal(19)}
    Reseller.objects.filter(pk=acme.pk).update(**details)
    ann.reseller = Reseller.objects.get(pk=acme.pk)
    VendorDetails.objects.create(name="Rampart Ltd", address="Quay 2\nCork", tax_number="IE 2")
    wish = purchase(open_shop(ann.reseller), quantity=3, expected_amount=Decimal(360))
    return buy(wish, actor=ann, now=now())


def receipt(as_: As, person: User, order: Order) -> str:
    answer = as_(person).get(f"/orders/{order.number}/receipt/")
    assert answer.status_code == 200
    return " ".join(answer.text.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ").split())


def test_it_names_both_sides_and_the_tax(as_: As, bob: User, order: Order) -> None:
    text = receipt(as_, bob, order)
    for part in ("Rampart Ltd", "Quay 2<br>Cork", "IE 2", "Hafen 1<br>Berlin &lt;b&gt;", "DE 1"):
        assert part in text
    assert "Tax, 19 %" in text
    for amount in ("360.00", "68.40", "428.40", "120.00"):
        assert f"</span> {amount}" in text


def test_a_later_rate_does_not_change_it(as_: As, bob: User, order: Order) -> None:
    Reseller.objects.update(tax_rate=0)
    assert "Tax, 19 %" in receipt(as_, bob, order)


def test_what_was_paid_back_is_taken_off(as_: As, bob: User, sam: User, order: Order) -> None:
    license = order.licenses.all()[0]
    refund_order(order.number, license.uuid, "Odd", actor=sam, now=now())
    text = receipt(as_, bob, order)
    assert "1 license refunded" in text
    for amount in ("-120.00", "240.00", "45.60", "285.60"):
        assert f"</span> {amount}" in text


def test_without_a_rate_it_is_reverse_charge(as_: As, bob: User, acme: Reseller) -> None:
    text = receipt(as_, bob, make_order(acme))
    assert "Tax, 0 %, reverse charge" in text
    assert "The vendor" in text


@pytest.mark.parametrize("state", ["checking", "failed"])
def test_there_is_none_before_it_is_paid(as_: As, bob: User, acme: Reseller, state: str) -> None:
    order = make_order(acme, state=state, payment_type="card", available=0)
    answer = as_(bob).get(f"/orders/{order.number}/receipt/")
    assert answer.status_code == 422
    assert "payment" in answer.text
