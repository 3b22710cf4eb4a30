"""How staff find rows across all companies, although every index begins with the company."""

from typing import Any

from django.db.models import QuerySet

from resellers.models import Reseller

MOST = 500


def keys_anywhere(rows: QuerySet[Any]) -> list[int]:
    """Return the keys of the rows, MOST at most, company by company, then those of no company.

    The database looks into each company's part of the index in turn, instead of reading the table.
    """
    companies = Reseller.objects.order_by().values("pk")
    keys = first_keys(rows.filter(reseller__in=companies))
    if rows.model._meta.get_field("reseller").null:
        keys += first_keys(rows.filter(reseller=None))
    return keys[:MOST]


def resellers_named(term: str) -> list[int]:
    """Return the keys of the companies whose name begins with the term, MOST at most."""
    return first_keys(Reseller.objects.filter(name__istartswith=term))


def first_keys(rows: QuerySet[Any]) -> list[int]:
    """Return the keys of the rows, MOST at most, in no order."""
    return list(rows.order_by().values_list("pk", flat=True)[:MOST])
