"""The tiles of orders, drawn from Python: a list has up to a hundred, and a template for each is
most of what it costs. What was drawn is remembered: the same tiles are looked at again and again.
"""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from orders.tiles import Tile
from reseller_portal.display import remembered
from reseller_portal.templatetags.portal import (
    icon,
    license_bar,
    moment_seen,
    money,
    state_pill,
    this_minute,
)

register = template.Library()


class Seen(NamedTuple):
    """What a tile shows, and when it is looked at."""

    product: str
    number: str
    placed_at: datetime
    minute: datetime
    reference: str
    active: int
    available: int
    quantity: int
    amount: Decimal
    currency: str
    state: str
    state_in_words: str


def seen(tile: Tile) -> Seen:
    """Return what a tile shows in this minute."""
    order = tile.order
    return Seen(
        str(order.product),
        order.number,
        order.placed_at.astimezone(UTC),
        this_minute(),
        order.reference,
        tile.active,
        order.available,
        order.quantity,
        order.amount,
        order.currency,
        order.state,
        tile.state,
    )


@register.simple_tag
def tile_row(tile: Tile) -> SafeString:
    """Show what a tile says of its order, open or closed."""
    return _row(seen(tile))


def _row(tile: Seen) -> SafeString:
    return format_html(
        '<h3 class="tile-name">{}</h3>'
        '<span class="tile-meta">{} · {}{}</span>{}'
        '<span class="tile-amount">{}</span><span class="tile-state">{}</span>'
        '<span class="tile-arrow">{}</span>',
        tile.product,
        tile.number,
        moment_seen(tile.placed_at, tile.minute),
        format_html(" · {}", tile.reference) if tile.reference else "",
        license_bar(tile.active, tile.available, tile.quantity),
        money(tile.amount, tile.currency),
        state_pill(tile.state, tile.state_in_words),
        icon("next"),
    )


@register.simple_tag
def closed_tile(tile: Tile) -> SafeString:
    """Show a closed tile, which loads its body when it is opened first."""
    return _closed(seen(tile))


@partial(remembered, most=2_000)
def _closed(tile: Seen) -> SafeString:
    return format_html(
        '<details class="tile" id="order-{}" data-number="{}">'
        '<summary class="tile-row">{}</summary>'
        '<div class="tile-body" hx-get="{}" hx-trigger="toggle from:closest details once">'
        '{}<a class="no-script" href="{}">{}</a></div></details>',
        tile.number,
        tile.number,
        _row(tile),
        address := reverse("orders:show", args=[tile.number]),
        LOADING,
        address,
        _("Open order %(number)s") % {"number": tile.number},
    )


LOADING = mark_safe('<div class="loading needs-script" aria-hidden="true"></div>')
