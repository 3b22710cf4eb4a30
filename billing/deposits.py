"""What a deposit by card does: money that came in, once, under the payment's own key."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models import Account, CardPayment, EntryKind
from billing.purposes import Purpose, do_nothing, register_purpose, was_confirmed_just_now
from billing.steps import post_entry
from resellers.models import Reseller


def entry_key(payment: CardPayment) -> str:
    """Return the key of the ledger entry that a payment makes."""
    return f"deposit/{payment.uuid}"


def deposit_named(reseller: Reseller, key: UUID | None) -> CardPayment | None:
    """Return what a form with a one-time key has paid, or tried to."""
    payments = CardPayment.objects.for_reseller(reseller).select_related("card")
    return payments.filter(key=payment_key(key)).first() if key else None


def payment_key(key: UUID) -> str:
    """Return the payment's key of a form's one-time key."""
    return f"deposit/{key}"


def post_deposit(payment: CardPayment, account: Account, now: datetime) -> None:
    """Add what was paid to the balance; a parked account takes deposits."""
    post_entry(
        account,
        EntryKind.DEPOSIT,
        payment.amount,
        key=entry_key(payment),
        reference=str(payment.card),
        actor=payment.actor,
        at=now,
    )


def page(_payment: CardPayment) -> str:
    """Return where the balance is seen."""
    return reverse("billing:balance")


def again(payment: CardPayment) -> str:
    """Return the form to deposit the same amount."""
    return f"{reverse('billing:deposit')}?{urlencode({'amount': payment.amount})}"


DEPOSIT = register_purpose(
    Purpose(
        "deposit",
        _("Deposit"),
        succeeded=post_deposit,
        failed=do_nothing,
        pending=do_nothing,
        page=page,
        may_charge=was_confirmed_just_now,
        again=again,
    )
)
