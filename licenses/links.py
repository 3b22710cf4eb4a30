"""Activation links: the addresses that a reseller sends to customers."""

from django.conf import settings
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

KIND = "activation_link"  # of the mails that bring one to a customer


def activation_link(code: str) -> str:
    """Return the absolute address at which a customer activates the license with this code."""
    before, after = _around_the_code()
    return f"{before}{code}{after}"


def activation_link_column() -> Concat:
    """Return the same address as an expression over licenses, for statements that write files."""
    before, after = _around_the_code()
    text = TextField()
    return Concat(Value(before), F("activation_code"), Value(after), output_field=text)


def _around_the_code() -> tuple[str, str]:
    return f"{settings.SITE_URL}/activate/", "/"
