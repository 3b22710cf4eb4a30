"""The bar above a list with what can be done for many of its licenses."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from licenses.models import BulkVerb
from reseller_portal.filtering import ListFilter
from reseller_portal.lists import Pages

ICONS = {BulkVerb.TURN_ON: "renew", BulkVerb.TURN_OFF: "dash", BulkVerb.RENEW: "wallet"}


@dataclass(frozen=True)
class Bar:
    """A form that the boxes of the rows belong to by its `id`.

    It leads to the confirmation with the list's own address in `fields`.
    """

    id: str
    url: str
    fields: Sequence[tuple[str, str]]
    pages: Pages
    verbs: Sequence[BulkVerb]

    @property
    def buttons(self) -> list[tuple[str, str, str]]:
        """Return value, label and icon of each button."""
        return [(verb.value, str(verb.label), ICONS[verb]) for verb in self.verbs]


def bar(
    name: str,
    url: str,
    filters: ListFilter,
    pages: Pages,
    verbs: Sequence[BulkVerb] = tuple(BulkVerb),
) -> Bar | None:
    """Return the bar of a list; none for a person who only looks, and for an empty list."""
    if not filters.user.may_operate or not pages.capped:
        return None
    return Bar(
        f"many-{name}", url, parse_qsl(filters.query(), keep_blank_values=True), pages, verbs
    )
