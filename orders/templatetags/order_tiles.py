"""The tiles of orders, drawn from Python: a list has up to a hundred, and a template for each is
most of what it costs.
"""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from orders.tiles import Tile
from reseller_portal.templatetags.portal import icon, license_bar, moment, money, state_pill

register = template.Library()


@register.simple_tag
def tile_row(tile: Tile) -> SafeString:
    """Show what a tile says of its order, open or closed."""
    order = tile.order
    return format_html(
        '<h3 class="tile-name">{}</h3>'
        '<span class="tile-meta">{} · {}{}</span>{}'
        '<span class="tile-amount">{}</span><span class="tile-state">{}</span>'
        '<span class="tile-arrow">{}</span>',
        order.product,
        order.number,
        moment(order.placed_at),
        format_html(" · {}", order.reference) if order.reference else "",
        license_bar(tile.active, order.available, order.quantity),
        money(order.amount, order.currency),
        state_pill(order.state, tile.state),
        icon("next"),
    )


@register.simple_tag
def closed_tile(tile: Tile) -> SafeString:
    """Show a closed tile, which loads its body when it is opened first."""
    number = tile.order.number
    return format_html(
        '<details class="tile" id="order-{}" data-number="{}">'
        '<summary class="tile-row">{}</summary>'
        '<div class="tile-body" hx-get="{}" hx-trigger="toggle from:closest details once">'
        '{}<a class="no-script" href="{}">{}</a></div></details>',
        number,
        number,
        tile_row(tile),
        address := reverse("orders:show", args=[number]),
        LOADING,
        address,
        _("Open order %(number)s") % {"number": number},
    )


LOADING = mark_safe('<div class="loading needs-script" aria-hidden="true"></div>')
