"""What the record says of money. Why an account was parked is the vendor's to read."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.models import Card, CardPayment, PaymentState
from reseller_portal.display import money_text
from resellers.models import Reseller
from resellers.naming import Named, keys_of, names_things, uuids_of
from resellers.record import money, says, thing

thing("account", _("Balance"))
thing("card", _("Card"))
thing("payment", _("Card payment"))


def payment_state(name: str) -> str:
    """Return the state of a payment in words."""
    return str(PaymentState(name).label)


says(
    "account.deposit_booked",
    _("Deposit booked"),
    _("Deposit of %(amount)s booked, %(reference)s"),
    amount=money,
)
says(
    "account.deposit_returned",
    _("Deposit sent back"),
    _("Deposit sent back: %(amount)s, %(reference)s"),
    amount=money,
)
says(
    "account.adjusted",
    _("Balance adjusted"),
    _("Balance adjusted by %(amount)s: %(reference)s"),
    amount=money,
)
says(
    "account.credit_limit_changed",
    _("Credit limit changed"),
    _("Credit limit changed from %(was)s to %(credit_limit)s"),
    was=money,
    credit_limit=money,
)
says(
    "account.low_balance_changed",
    _("Low balance warning changed"),
    _("Low balance warning changed from below %(was)s to below %(below)s"),
    was=money,
    below=money,
)
says("account.parked", _("Account parked by the vendor"))
says("account.released", _("Account released by the vendor"))
says("card.added", _("Card added"), _("Card added: %(card)s"))
says("card.made_default", _("Default card changed"), _("Default card is %(card)s now"))
says("card.removed", _("Card removed"), _("Card removed: %(card)s"))
says(
    "payment.started",
    _("Card payment begun"),
    _("Card payment of %(amount)s begun, %(card)s"),
    amount=money,
)
says(
    "payment.settled",
    _("Card payment settled"),
    _("Card payment of %(amount)s, %(card)s: %(state)s"),
    amount=money,
    state=payment_state,
)
says("payment.asked_again", _("Card gateway asked again by the vendor"))
says("payment.declared_paid", _("Card payment found paid by the vendor"))
says(
    "payment.declared_unpaid",
    _("Card payment found not paid by the vendor"),
    _("Card payment found not paid by the vendor: %(because)s"),
)
for verb, label, said in (
    (
        "payment.refund_started",
        _("Refund to a card begun"),
        _("Refund of %(amount)s to %(card)s begun"),
    ),
    ("payment.refunded", _("Refunded to a card"), _("%(amount)s is back on %(card)s")),
    (
        "payment.refund_failed",
        _("Refund to a card failed"),
        _("%(amount)s did not get back to %(card)s; the vendor's staff see to it"),
    ),
    (
        "payment.refund_asked_again",
        _("Card gateway asked by the vendor about a refund"),
        _("Card gateway asked by the vendor about the refund of %(amount)s to %(card)s"),
    ),
    (
        "payment.refund_sent_again",
        _("Refund to a card sent again by the vendor"),
        _("Refund of %(amount)s to %(card)s sent again by the vendor"),
    ),
    (
        "payment.refund_declared",
        _("Refund to a card found paid back by the vendor"),
        _("The vendor found that %(amount)s is back on %(card)s"),
    ),
    (
        "payment.refunded_otherwise",
        _("Paid back by the vendor otherwise than to the card"),
        _("%(amount)s paid back by the vendor otherwise than to %(card)s"),
    ),
    (
        "payment.refund_contradicted",
        _("Refund to a card contradicted by the gateway"),
        _("The card gateway says that %(amount)s went back to %(card)s, otherwise than known here"),
    ),
    (
        "payment.refund_dealt_with",
        _("Contradiction about a refund dealt with by the vendor"),
        _("Contradiction about the refund of %(amount)s to %(card)s dealt with by the vendor"),
    ),
    (
        "payment.refunded_to_balance",
        _("Paid to the balance instead of a card"),
        _("%(amount)s paid to the balance instead of %(card)s"),
    ),
):
    says(verb, label, said, amount=money)
says(
    "payment.deposit_returned",
    _("Deposit returned to its card by the vendor"),
    _("%(returned)s of the deposit returned to %(card)s by the vendor"),
    returned=money,
)
says("payment.contradicted", _("Card payment contradicted by the gateway"))
says("payment.dealt_with", _("Contradiction about a card payment dealt with by the vendor"))
says("vendordetails.changed", _("Vendor details changed"))


@names_things
def accounts(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name the company's one account."""
    about = keys_of(abouts, "account").get(reseller.account.pk) if abouts else None
    return {about: Named(_g("Balance"), reverse("billing:balance"))} if about else {}


@names_things
def cards(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name cards by their last digits."""
    uuids = uuids_of(abouts, "card")
    if not uuids:
        return {}
    found = Card.objects.for_reseller(reseller).filter(uuid__in=uuids)
    return {uuids[card.uuid]: Named(str(card), reverse("billing:cards")) for card in found}


@names_things
def payments(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name card payments by their amount."""
    uuids = uuids_of(abouts, "payment")
    if not uuids:
        return {}
    found = CardPayment.objects.for_reseller(reseller).filter(uuid__in=uuids)
    return {
        uuids[payment.uuid]: Named(
            money_text(payment.amount, payment.currency),
            reverse("billing:payment", args=[payment.uuid]),
        )
        for payment in found
    }
