"""What PostgreSQL itself holds of the parts of a refund."""

from decimal import Decimal

import pytest
from django.db import transaction

from licenses.models import License, Renewal
from orders.actions import ask_refund, refund_order
from orders.models import Order, Refund, RefundPart
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.orders.shop import buy_three, first, now
from tests.resellers.test_constraints import check_now, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund(acme: Reseller, ann: User, sam: User) -> Refund:
    """One of three licenses was refunded: 120.00."""
    order = buy_three(acme, ann)
    [refund] = refund_order(order.number, first(order).uuid, "Odd", actor=sam, now=now())
    return refund


def renewal_of(license: License) -> Renewal:
    return Renewal.objects.create(
        reseller=license.reseller,
        license=license,
        number=1,
        state="paid",
        amount=1,
        source="balance",
        settled_at=now(),
    )


def part(refund: Refund, **changes: object) -> RefundPart:
    values = {"reseller": refund.reseller, "refund": refund, "amount": 0, **changes}
    return RefundPart.objects.create(**values)


def test_the_share_of_an_order_is_one_part(refund: Refund) -> None:
    with refused("refund_part_of_order_once"), transaction.atomic():
        part(refund)


def test_a_renewal_goes_back_once(refund: Refund, alice: User) -> None:
    renewal = renewal_of(refund.license)
    part(refund, renewal=renewal)
    with refused("renewal_id"), transaction.atomic():
        part(refund, renewal=renewal)


def test_parts_are_never_negative(refund: Refund) -> None:
    with refused("refund_part_not_negative"), transaction.atomic():
        part(refund, renewal=renewal_of(refund.license), amount=Decimal("-0.01"))


def test_a_refund_is_the_sum_of_its_parts(refund: Refund) -> None:
    with refused("is not the sum of its parts"), transaction.atomic():
        part(refund, renewal=renewal_of(refund.license), amount=1)
        check_now()
    with refused("is not the sum of its parts"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(amount=121)
        check_now()
    with refused("is not the sum of its parts"), transaction.atomic():
        RefundPart.objects.all().delete()
        check_now()


def test_only_an_approved_refund_has_parts(refund: Refund, alice: User) -> None:
    order = Order.objects.get()
    [asked] = ask_refund(
        order.number, order.licenses.order_by("-pk")[0].uuid, "x", actor=alice, now=now()
    )
    check_now()
    with refused("is not the sum of its parts"), transaction.atomic():
        part(asked, amount=120)
        check_now()


def test_a_part_is_of_one_reseller(
    refund: Refund, globex: Reseller, charlie: User, alice: User
) -> None:
    strangers = renewal_of(first(make_order(globex, user=charlie)))
    for odd in ({"renewal": strangers}, {"reseller": globex, "renewal": strangers}):
        with refused("same_reseller"), transaction.atomic():
            part(refund, **odd)
            check_now()
