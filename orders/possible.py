"""What a person may do with an order now, and why not where not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.reasons import MAY_NOT_SEE_CODES, MAY_ONLY_LOOK
from orders.models import Order
from orders.reasons import why_no_licenses

if TYPE_CHECKING:
    from resellers.models import User


@dataclass(frozen=True)
class Action:
    """A button of the opened tile; with a `reason` it is listed but cannot be pressed.

    `target` is the region that its answer goes to.
    """

    name: str
    label: str
    icon: str
    url: str
    target: str
    reason: str | None


def actions(order: Order, user: "User") -> list[Action]:
    """Return the buttons of an order.

    How often a mail may be sent changes by the minute: its dialog says so.
    """
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
