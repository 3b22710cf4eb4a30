"""What staff type to find orders and licenses: a number, whole code, customer's e-mail, company.

Each is looked up by an index; what was found is then a short list of keys.
"""

import re
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from activation.finding import licenses_of_customers
from licenses.actions import look_up_code
from licenses.codes import as_stored, is_whole
from licenses.models import License, ReplacedCode
from orders.models import Order
from resellers.staff.finding import first_keys, resellers_named
from resellers.staff.pages import StaffAdmin

NUMBER = re.compile(r"[0-9]{1,10}")


class FoundByCode(StaffAdmin):
    """A list that is searched by activation codes too: that one was found is written down."""

    fields: ClassVar[Any] = None
    readonly_fields: ClassVar[Any] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Record the license that a whole code leads to, and search."""
        user: Any = request.user
        look_up_code(search_term, actor=user)
        return super().get_search_results(request, queryset, search_term)


def orders_numbered(term: str) -> list[int]:
    """Return the keys of the orders with this number, or one that begins so."""
    if not NUMBER.fullmatch(term):
        return []
    # A range of numbers is served by the unique index in every collation; a pattern is not.
    found = Order.objects.filter(number__gte=term.ljust(10, "0"), number__lte=term.ljust(10, "9"))
    return first_keys(found)


def licenses_coded(term: str) -> list[int]:
    """Return the key of the license that has this activation code, or had it before another.

    Beginnings find nothing: they would tell staff a code letter by letter, unrecorded.
    """
    code = as_stored(term)
    if not is_whole(code):
        return []
    found = first_keys(License.objects.filter(activation_code=code))
    replaced = ReplacedCode.objects.filter(code=code).values_list("license", flat=True)
    return found or list(replaced)


def orders_for(term: str) -> Q:
    """Return which orders staff mean."""
    if "@" in term:
        return Q(pk__in=_orders_of(licenses_of_customers(term)))
    numbered = orders_numbered(term) + _orders_of(licenses_coded(term))
    return Q(pk__in=numbered) | Q(reseller__in=resellers_named(term))


def licenses_for(term: str) -> Q:
    """Return which licenses staff mean."""
    if "@" in term:
        return Q(pk__in=licenses_of_customers(term))
    uuid = _uuid(term)
    if uuid is not None:
        return Q(uuid=uuid)
    orders = Order.objects.filter(pk__in=orders_numbered(term))
    companies, numbered = {row.reseller_id for row in orders}, [row.pk for row in orders]
    of_orders = Q(reseller__in=companies, order__in=numbered)
    return of_orders | Q(pk__in=licenses_coded(term)) | Q(reseller__in=resellers_named(term))


def _orders_of(licenses: list[int]) -> list[int]:
    rows = License.objects.filter(pk__in=licenses).order_by()
    return list(set(rows.values_list("order_id", flat=True)))


def _uuid(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None
