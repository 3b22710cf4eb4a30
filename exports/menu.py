"""The exports that a list offers."""

from dataclasses import dataclass

from django.urls import reverse

from exports.kinds import kind_named
from resellers.models import User


@dataclass(frozen=True)
class ExportItem:
    """An export of what the list shows: what it covers in words, and where to ask for it."""

    label: str
    icon: str
    url: str


def export_items(user: User, query: str, *offers: tuple[str, str, str]) -> list[ExportItem]:
    """Return the exports that the person may ask for; each offer is a kind, a label and an icon.

    `query` is the list's. It names the list's days, so that an export shortly after midnight is
    still what was shown.
    """
    return [
        ExportItem(label, icon, f"{reverse('exports:start', args=[slug])}?{query}")
        for slug, label, icon in offers
        if user.may(kind_named(slug).right)
    ]
