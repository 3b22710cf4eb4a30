"""What the record says of orders."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _, ngettext

from orders.refund_parts import from_changes, where
from resellers.models import Reseller
from resellers.naming import Named, names_things
from resellers.record import declare, money, says, thing

thing("order", _("Order"))

SHOWN = ["amount", "licenses", "to_balance", "to_cards"]
NUMBER = re.compile(r"[0-9]{10}\Z")
REFUNDS = {
    "order.refund_asked": (_("Refund asked for"), _("Refund of %(amount)s asked for")),
    "order.refund_rejected": (_("Refund turned down"), _("Refund of %(amount)s turned down")),
    "order.refunded": (_("Refunded"), _("Refunded %(amount)s")),
}


def licenses(count: int) -> str:
    """Return a number of licenses in words."""
    return ngettext("%(count)d license", "%(count)d licenses", count) % {"count": count}


def refund(said: Any, changes: Mapping[str, Any]) -> str:
    """Say how much money, for how many licenses, and where it goes."""
    what = f"{said % {'amount': money(changes)}}, {licenses(changes['licenses'])}"
    back = from_changes(changes)
    return f"{what}: {_g('back to %(where)s') % {'where': where(back)}}" if back else what


says(
    "order.placed",
    _("Placed"),
    _("Placed: %(quantity)s, %(amount)s"),
    quantity=licenses,
    amount=money,
)
says("order.mail_resent", _("Confirmation sent again"), _("Confirmation sent again to %(to)s"))
says(
    "order.links_sent",
    _("Activation links sent"),
    _("Activation links sent: %(licenses)s"),
    licenses=licenses,
)
says("order.paid", _("Paid"), _("The card payment of %(amount)s worked"), amount=money)
says(
    "order.payment_failed",
    _("Payment failed"),
    _("The card payment of %(amount)s failed"),
    amount=money,
)
for verb, (label, said) in REFUNDS.items():
    declare(verb, label, partial(refund, said), SHOWN)


@names_things
def orders(_reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name orders by their number."""
    return {
        about: Named(
            _g("Order %(number)s") % {"number": about}, reverse("orders:show", args=[about])
        )
        for about in abouts
        if NUMBER.match(about)
    }
