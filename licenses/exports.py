"""What stands in the CSV files of licenses: the columns, over a queryset of licenses.

The headers and their order are fixed: people script against them.
"""

from datetime import date

from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Right

from exports.csv import Column
from licenses.codes import GROUP
from licenses.links import activation_link_column
from licenses.querysets import status_case


def activation_code_columns(*, see_codes: bool) -> list[Column]:
    """Return the columns of an order's activation codes; a cancelled license keeps its row."""
    return [
        Column("Activation Code", code_column(see_codes=see_codes)),
        Column("Recurrent", F("recurrent"), text=False),
        Column("Activation Code Link", link_column(see_codes=see_codes)),
    ]


def license_key_columns(today: date, *, see_codes: bool) -> list[Column]:
    """Return the columns of license keys; `today` is the reseller's calendar day.

    `Customer` is the company's name, `Status` the word of the domain.
    """
    return [
        Column("Activation Code", code_column(see_codes=see_codes)),
        Column("From", F("anchor_on"), text=False),
        Column("To", F("ends_on"), text=False),
        Column("Auto Renew", auto_renew_column(), text=False),
        Column("Recurrent", F("recurrent"), text=False),
        Column("Distribution Company", F("order__distribution_company__name")),
        Column("Product", F("product__name")),
        Column("Order Number", F("order__number"), text=False),
        Column("Status", status_case(today), text=False),
        Column("Customer", F("customer__company")),
        Column("Activation Code Link", link_column(see_codes=see_codes)),
    ]


def auto_renew_column() -> Combinable:
    """Return `License.auto_renew` as an expression."""
    renews = Q(recurrent=True, activated_at__isnull=False)
    return ExpressionWrapper(renews, output_field=BooleanField())


def code_column(*, see_codes: bool) -> Combinable:
    """Return the code, or its last group for a person who may not see codes."""
    if see_codes:
        return F("activation_code")
    return Concat(Value("…-"), Right("activation_code", GROUP), output_field=CharField())


def link_column(*, see_codes: bool) -> Combinable:
    """Return the activation link, or nothing for a person who may not see codes.

    A cancelled license has none: it would lead nowhere.
    """
    if not see_codes:
        return Value("", output_field=CharField())
    return Case(When(cancelled_at=None, then=activation_link_column()), output_field=CharField())
