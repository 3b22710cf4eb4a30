"""What a person may do with an order now, and why not where not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.reasons import MAY_NOT_SEE_CODES, MAY_ONLY_LOOK, ONLY_ADMINS
from orders.models import Order
from orders.reasons import why_no_card, why_no_licenses, why_no_links
from resellers.roles import Right

if TYPE_CHECKING:
    from resellers.models import User


@dataclass(frozen=True)
class Action:
    """A button of the opened tile; with a `reason` it is listed but cannot be pressed.

    `target` is the region that its answer goes to; without one it is a page of its own.
    """

    name: str
    label: str
    icon: str
    url: str
    target: str
    reason: str | None


def actions(order: Order, user: "User") -> list[Action]:
    """Return the buttons of an order.

    How often a mail may be sent changes by the minute, and what is left to refund by the day: their
    dialogs say so.
    """
    return [*_about_licenses(order, user), *_about_money(order, user)]


def _about_licenses(order: Order, user: "User") -> list[Action]:
    show = address_of(order)
    codes = reverse("orders:activation_codes", args=[order.number])
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    no_codes = None if user.may_see_codes else str(MAY_NOT_SEE_CODES)
    none_yet = why_no_licenses(order)
    return [
        Action(
            "resend",
            _("Resend Email"),
            "mail",
            f"{show}?confirm=resend-email",
            "#dialog",
            only_look or none_yet,
        ),
        Action(
            "codes",
            _("Download Activation Code"),
            "download",
            codes,
            "#dialog",
            no_codes or none_yet,
        ),
        Action(
            "links",
            _("Send Links"),
            "link",
            reverse("orders:send_links", args=[order.number]),
            "",
            only_look or why_no_links(order),
        ),
        show_keys(order),
    ]


def show_keys(order: Order) -> Action:
    """Return the button that shows the license keys in the panel below."""
    keys = reverse("orders:license_keys", args=[order.number])
    label, none_yet = _("Show License Keys"), why_no_licenses(order)
    return Action("keys", label, "key", keys, f"#{panel_of(order)}", none_yet)


def hide_keys(order: Order) -> Action:
    """Return the button that stands in its place while they are shown."""
    hide = f"{address_of(order)}?license-keys=hidden"
    return Action("keys", _("Hide License Keys"), "key", hide, f"#{panel_of(order)}", None)


def panel_of(order: Order) -> str:
    """Return the id of the region below the buttons."""
    return f"panel-{order.number}"


def address_of(order: Order) -> str:
    """Return the address of the order's own page."""
    return reverse("orders:show", args=[order.number])


def _about_money(order: Order, user: "User") -> list[Action]:
    again = f"{reverse('orders:buy')}?again={order.number}"
    receipt = reverse("orders:receipt", args=[order.number])
    refund = reverse("orders:refund", args=[order.number])
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    only_admins = None if user.may(Right.ADMINISTER) else str(ONLY_ADMINS)
    none_yet = why_no_licenses(order)
    return [
        Action("buy", _("Buy More"), "plus", again, "", only_look),
        Action("receipt", _("Receipt"), "document", receipt, "", none_yet),
        Action(
            "refund",
            _("Ask for a Refund"),
            "undo",
            refund,
            "#dialog",
            only_admins or none_yet or why_no_card(order),
        ),
    ]
