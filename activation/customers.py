"""What the list and the page of a customer show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from activation.history import customer_history
from activation.models import Customer
from licenses.menu import MenuItem
from licenses.models import License
from licenses.reasons import MAY_ONLY_LOOK
from resellers.models import Reseller, User


@dataclass(frozen=True)
class CustomerRow:
    """A customer with its licenses: all, the active ones, and the earliest To of these."""

    customer: Customer
    licenses: int = 0
    active: int = 0
    next_to: date | None = None


def customer_rows(reseller: Reseller, keys: list[int], today: date) -> list[CustomerRow]:
    """Return the rows of the customers with these keys, in the order of the keys: two queries."""
    customers = Customer.objects.for_reseller(reseller).in_bulk(keys)
    counts = _counts(reseller, keys, today)
    return [CustomerRow(customers[key], *counts.get(key, ())) for key in keys if key in customers]


def _counts(reseller: Reseller, keys: list[int], today: date) -> dict[int, tuple[Any, ...]]:
    active = Q(cancelled_at=None, ends_on__gte=today)
    licenses = License.objects.for_reseller(reseller).filter(customer__in=keys).order_by()
    counted = licenses.values_list("customer_id").annotate(
        licenses=Count("id"),
        active=Count("id", filter=active),
        next_to=Min("ends_on", filter=active),
    )
    return {key: tuple(counts) for key, *counts in counted}


def customer_body(customer: Customer, user: User, now: datetime) -> dict[str, Any]:
    """Return what the customer's page shows besides its licenses: five queries."""
    [row] = customer_rows(customer.reseller, [customer.pk], customer.reseller.day_of(now))
    return {
        "customer": customer,
        "row": row,
        "actions": customer_actions(customer, user),
        "history": customer_history(customer, user, now),
    }


def customer_actions(customer: Customer, user: User) -> list[MenuItem]:
    """Return the buttons of a customer's page."""
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    erased = _("The personal data are erased.") if customer.is_erased else None
    url = reverse("activation:correct_email", args=[customer.uuid])
    return [MenuItem(_("Correct the E-mail"), "mail", url, only_look or erased)]
