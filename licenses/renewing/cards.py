"""Where the engine meets the card: what the balance does not pay goes to the default card.

The engine asks `usable`; makes the renewal `checking`, with an attempt whose outcome is unknown,
and calls `prepare` in the same transaction; then, with no transaction open, `collect`, which
charges the card: what that comes to ends the attempt (`card_outcomes`). Each try has a payment and
a key of its own, and no try is charged while an earlier one for the same license may still be paid.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.cards import default_card_needed_by
from billing.gateway import cards_are_on
from billing.models import ZERO, Account, Card, CardPayment, PaymentState
from billing.payments import charge, end_waiting, open_payment
from billing.querysets import CardPaymentQuerySet
from licenses.models import (
    AttemptOutcome,
    License,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)
from licenses.renewing.card_outcomes import RENEWAL
from licenses.renewing.settling import settle_paid
from resellers.models import Reseller

NEEDED = _("Licenses renew automatically. Make another card the default first.")


def usable(reseller: Reseller) -> bool:
    """Say whether the reseller has a default card that may be charged."""
    if not cards_are_on():
        return False
    card = Card.objects.default_of(reseller)
    return card is not None and not card.is_expired(reseller.day_of(timezone.now()))


def prepare(attempts: Sequence[RenewalAttempt], *, now: datetime) -> None:
    """Leave, in the open transaction, what a later `collect` needs: a payment row for each try."""
    payable = [attempt for attempt in attempts if attempt.amount]
    if not payable:
        return
    reseller = payable[0].renewal.license.reseller
    account = Account.objects.select_related("reseller").get(reseller=reseller)
    card = Card.objects.default_of(reseller)
    if card is None:
        raise ValueError("asked without a card: see `usable`")
    for attempt in payable:
        license = attempt.renewal.license
        open_payment(
            account,
            card,
            attempt.amount or ZERO,
            purpose=RENEWAL.name,
            key=key_of(attempt),
            about=str(license.uuid),
            data={"attempt": attempt.pk},
            actor=attempt.actor,
            now=now,
            has_person=attempt.actor is not None,
        )


def collect(attempts: Sequence[RenewalAttempt], *, now: datetime) -> None:
    """Charge the card for each try and settle it; no transaction is open."""
    keys = {key_of(attempt): attempt for attempt in attempts}
    payments = CardPayment.objects.filter(key__in=keys).in_bulk(field_name="key")
    for key, attempt in keys.items():
        if attempt.amount:
            charge(payments[key])
        else:
            settle_paid(attempt, now=now)  # it costs nothing


def resume(reseller: Reseller, *, now: datetime) -> None:
    """Bring to an end what an earlier pass began and could not settle; no transaction is open."""
    under_way = RenewalAttempt.objects.for_reseller(reseller).filter(
        outcome=AttemptOutcome.UNKNOWN, renewal__state="checking"
    )
    attempts = under_way.select_related("renewal__license").order_by("pk")
    unsent = unsent_payments(reseller)
    left = [each for each in attempts if key_of(each) in unsent or not each.amount]
    if left:
        collect(left, now=now)


def free(reseller: Reseller, as_of: date) -> None:
    """End, at the gateway, what waits for a person whose next try is due; no transaction is open.

    What cannot be ended stays open, and nothing else pays for it meanwhile.
    """
    confirming = list(open_payments(reseller).filter(state=PaymentState.CONFIRMING))
    due = Renewal.objects.for_reseller(reseller).filter(
        state=RenewalState.WAITING,
        next_attempt_on__lte=as_of,
        license__recurrent=True,
        license__uuid__in=[payment.about for payment in confirming],
    )
    licenses = {str(uuid) for uuid in due.values_list("license__uuid", flat=True)}
    end_all([payment for payment in confirming if payment.about in licenses])


def free_license(license: License) -> None:
    """End what waits for a person for one license, as `free`."""
    payments = open_payments(license.reseller).filter(about=str(license.uuid))
    end_all(payments.filter(state=PaymentState.CONFIRMING))


def end_all(payments: Iterable[CardPayment]) -> None:
    """End payments that wait for a person; without a gateway they stay as they are."""
    if cards_are_on():
        for payment in payments:
            end_waiting(payment)


def open_payment_of(license: License) -> CardPayment | None:
    """Return the card payment that may still pay for a license, if there is one."""
    payments = open_payments(license.reseller).filter(about=str(license.uuid))
    return payments.order_by("-pk").first()


def payments_that_paid(renewals: Iterable[Renewal]) -> dict[int, CardPayment]:
    """Return the card payments of renewals that a card has paid, by the key of the renewal."""
    attempts = RenewalAttempt.objects.select_related("renewal__license").filter(
        renewal__in=renewals, outcome=AttemptOutcome.PAID, source=Source.CARD
    )
    renewal_of = {key_of(attempt): attempt.renewal_id for attempt in attempts}
    payments = CardPayment.objects.select_related("card").filter(key__in=renewal_of)
    return {renewal_of[payment.key]: payment for payment in payments}


def open_payments(reseller: Reseller) -> CardPaymentQuerySet:
    """Return the payments for renewals whose end is not known yet, in their order."""
    payments = CardPayment.objects.for_reseller(reseller).open()
    return payments.filter(purpose=RENEWAL.name).order_by("pk")


def unsent_payments(reseller: Reseller) -> set[str]:
    """Return the keys of payments of renewals that nobody has begun to send."""
    unsent = open_payments(reseller).filter(state=PaymentState.SENDING, sent_at=None)
    return set(unsent.values_list("key", flat=True))


@default_card_needed_by
def why_default_is_needed(card: Card) -> str | None:
    """Say that licenses renew, so that the default card has to stay until another takes over."""
    renewing = License.objects.for_reseller(card.reseller).filter(
        recurrent=True, activated_at__isnull=False, cancelled_at=None
    )
    return str(NEEDED) if renewing.exists() else None


def key_of(attempt: RenewalAttempt) -> str:
    """Return the key of a try: one for each license, period and try."""
    renewal = attempt.renewal
    return f"{RENEWAL.name}/{renewal.license.uuid}/{renewal.number}/{attempt.pk}"
