"""Exact hits: the page of the one thing that was named."""

from collections.abc import Iterator

from django.urls import reverse

from activation.models import Customer
from desk.search.asked import Asked
from licenses.models import License
from orders.models import Order
from reseller_portal.filtering import SIZES
from resellers.models import Reseller, User

TWO = 2  # of which neither is the one


def the_one(asked: Asked, user: User, reseller: Reseller) -> str | None:
    """Return the address of what was named, if it is one thing: six queries at most."""
    found = {
        *_orders(asked, reseller),
        *_licenses(asked, user, reseller),
        *_customers(asked, reseller),
    }
    return found.pop() if len(found) == 1 else None


def _orders(asked: Asked, reseller: Reseller) -> Iterator[str]:
    """Yield the orders with this number, or with this reference."""
    orders = Order.objects.for_reseller(reseller).order_by()
    named = [orders.with_reference(asked.text)[:TWO]]
    if asked.number:
        named.append(orders.filter(number=asked.number))
    for rows in named:
        for number in rows.values_list("number", flat=True):
            yield reverse("orders:show", args=[number])


def _licenses(asked: Asked, user: User, reseller: Reseller) -> Iterator[str]:
    """Yield the license with this code, for those who may see codes, or with this id."""
    licenses = License.objects.for_reseller(reseller).select_related("order")
    if asked.whole_code and user.may_see_codes:
        yield from map(row_of, licenses.filter(activation_code=asked.whole_code))
    if asked.license:
        yield from map(row_of, licenses.filter(uuid=asked.license))


def _customers(asked: Asked, reseller: Reseller) -> Iterator[str]:
    """Yield the customers of this company, or with this address."""
    customers = Customer.objects.for_reseller(reseller).order_by()
    named = [customers.of_company(asked.text)[:TWO]]
    if "@" in asked.text:
        named.append(customers.with_email(asked.text))
    for rows in named:
        for uuid in rows.values_list("uuid", flat=True):
            yield reverse("activation:customer", args=[uuid])


def row_of(license: License) -> str:
    """Return the address of a license's row among the keys of its order: one query."""
    licenses = License.objects.for_reseller(license.reseller).filter(order=license.order_id)
    page = licenses.filter(pk__lt=license.pk).count() // SIZES[0] + 1
    keys = reverse("orders:license_keys", args=[license.order.number])
    return f"{keys}{f'?page={page}' if page > 1 else ''}#license-{license.uuid}"
