"""What a new company does first, from the sign-in of its first admin to the first link passed on.

Each step is ticked by facts, whoever brought them about; once a customer has activated, or all are
ticked, nothing is shown any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.gateway import cards_are_on
from billing.models import Account, VendorDetails
from licenses.models import License
from orders.models import Order, OrderState
from resellers.models import Reseller, User
from resellers.roles import Right

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

FEW = 10


@dataclass(frozen=True)
class Step:
    """One step: what it is good for, whether it is done, and where the person does it.

    `who` says who does it, where the person may not. `transfer` is true of the one that shows where
    money goes.
    """

    title: "_StrOrPromise"
    text: "_StrOrPromise"
    is_done: bool
    url: str = ""
    label: "_StrOrPromise" = ""
    who: "_StrOrPromise" = ""
    transfer: bool = False


@dataclass(frozen=True)
class FirstSteps:
    """The steps, with who sells and the company's account for the transfer."""

    steps: Sequence[Step]
    vendor: VendorDetails
    account: Account

    @property
    def done(self) -> int:
        """Return how many are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def current(self) -> Step | None:
        """Return the first that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


def first_steps(user: User, reseller: Reseller) -> FirstSteps | None:
    """Return what a company still has to do first; None once it is at work."""
    licenses = License.objects.for_reseller(reseller)
    if licenses.ever_activated().exists():
        return None
    orders = Order.objects.for_reseller(reseller).order_by("-placed_at", "-pk")[:FEW]
    steps = [
        company(user, reseller),
        money(user, reseller.account, list(orders)),
        purchase(user, list(orders)),
        link(user, list(orders), licenses.filter(link_sent_at__isnull=False).exists()),
    ]
    if all(step.is_done for step in steps):
        return None
    return FirstSteps(steps, VendorDetails.objects.current(), reseller.account)


def company(user: User, reseller: Reseller) -> Step:
    """Say who the company is."""
    missing = [
        name
        for name, value in (
            (_("the address"), reseller.address),
            (_("the tax number"), reseller.tax_number),
        )
        if not value.strip()
    ]
    text = _("The address and the tax number stand on your receipts and monthly statements.")
    if len(missing) == 1:
        text += " " + _("Still missing: %(what)s.") % {"what": missing[0]}
    title = _("Say who your company is")
    if not user.may(Right.ADMINISTER):
        return Step(title, text, not missing, who=only_admins())
    label = _("Enter address and tax number")
    return Step(title, text, not missing, reverse("settings:company"), label)


def money(user: User, account: Account, orders: Sequence[Order]) -> Step:
    """Put money on the account."""
    is_done = account.next_sequence > 1 or account.available > 0 or bool(bought(orders))
    title = _("Put money on the account")
    text = _("Licenses and their renewals are paid from the balance.")
    if cards_are_on():
        text = _("Licenses and their renewals are paid from the balance, or by card.")
    if not cards_are_on():
        return Step(title, text, is_done, transfer=True)
    if not user.may(Right.ADMINISTER):
        return Step(title, text, is_done, who=only_admins(), transfer=True)
    return Step(
        title, text, is_done, reverse("billing:deposit"), _("Deposit by card"), transfer=True
    )


def purchase(user: User, orders: Sequence[Order]) -> Step:
    """Buy the first licenses."""
    title = _("Buy the first licenses")
    text = _("Choose product, term and quantity. You see what it costs before you buy.")
    checking = next((one for one in orders if one.state == OrderState.CHECKING), None)
    if checking is not None and not bought(orders):
        said = _("The card payment of order %(number)s is being checked. Look again later.")
        text = said % {"number": checking.number}
    if not user.may(Right.OPERATE):
        return Step(title, text, bool(bought(orders)), who=not_viewers())
    return Step(title, text, bool(bought(orders)), reverse("orders:buy"), _("Buy licenses"))


def link(user: User, orders: Sequence[Order], is_sent: bool) -> Step:
    """Pass the first license on."""
    title = _("Pass on the first license")
    text = _(
        "Mail a customer the activation link of a license, or activate for them. The license "
        "begins on the day on which it is activated."
    )
    if not user.may(Right.SEE_CODES):
        return Step(title, text, is_sent, who=not_viewers())
    available = next((order for order in bought(orders) if order.available), None)
    if available is None:
        return Step(title, text, is_sent, who=_("Buy licenses first: their links are there then."))
    url = reverse("orders:show", args=[available.number])
    return Step(title, text, is_sent, url, _("Open order %(number)s") % {"number": available})


def bought(orders: Sequence[Order]) -> list[Order]:
    """Return the orders that were paid for."""
    return [order for order in orders if order.has_licenses]


def only_admins() -> str:
    """Say who does what admins do."""
    return _("An admin of your company does this.")


def not_viewers() -> str:
    """Say who does what viewers may not."""
    return _("An agent or an admin of your company does this.")
