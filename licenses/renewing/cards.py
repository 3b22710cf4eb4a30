"""Where the engine meets the card: what the balance does not pay goes to the default card.

The engine asks `renews`; makes the renewal `checking`, with an attempt whose outcome is unknown,
and calls `prepare` in the same transaction. With no transaction open workers charge the card then,
or `collect` and `see_through`, where somebody waits for it: what that comes to ends the attempt
(`card_outcomes`). Each try has a payment and a key of its own, and no try is charged while an
earlier one for the same license may still be paid.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.cards import default_card_needed_by
from billing.gateway import cards_are_on
from billing.models import ZERO, Account, Card, CardPayment, PaymentState
from billing.payments import charge, end_waiting, open_payment
from billing.payments.watching import see_through
from billing.querysets import CardPaymentQuerySet
from licenses.models import AttemptOutcome, License, Renewal, RenewalAttempt, Source
from licenses.renewing.card_outcomes import RENEWAL, due_again
from licenses.renewing.settling import settle_paid
from resellers.models import Reseller

NEEDED = _("Licenses renew automatically. Make another card the default first.")


def usable(reseller: Reseller) -> bool:
    """Say whether the reseller has a default card that may be charged."""
    return _chargeable(reseller) is not None


def renews(reseller: Reseller) -> bool:
    """Say whether the default card may be charged while nobody is there."""
    card = _chargeable(reseller)
    return card is not None and card.refused_at is None


def prepare(attempts: Sequence[RenewalAttempt], *, has_person: bool, now: datetime) -> None:
    """Leave, in the open transaction, a payment row for each try; what costs nothing is paid.

    `has_person` says that somebody waits, who could confirm it, and calls `collect` then; workers
    charge what nobody waits for.
    """
    for attempt in attempts:
        if not attempt.amount:
            settle_paid(attempt, now=now)
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
            has_person=has_person,
        )


def collect(attempts: Iterable[RenewalAttempt]) -> None:
    """Charge the card for each try that a person waits for; no transaction is open."""
    keys = [key_of(attempt) for attempt in attempts]
    for payment in CardPayment.objects.filter(key__in=keys).order_by("pk"):
        charge(payment)


def see_all_through(reseller: Reseller) -> None:
    """Return once every try has its outcome, or is known to have none yet; no transaction is open.

    Also of what an earlier pass began.
    """
    for payment in open_payments(reseller).filter(state=PaymentState.SENDING):
        see_through(payment.pk)


def free(reseller: Reseller, as_of: date) -> None:
    """End, at the gateway, what waits for a person whose next try is due; no transaction is open.

    What cannot be ended stays open, and nothing else pays for it meanwhile.
    """
    end_all(in_the_way(reseller, as_of))


def have_freed(reseller: Reseller, as_of: date, *, now: datetime) -> None:
    """Let workers end the same soon."""
    keys = [payment.pk for payment in in_the_way(reseller, as_of)]
    waiting = CardPayment.objects.filter(pk__in=keys, state=PaymentState.CONFIRMING)
    waiting.filter(next_check_at__gt=now).update(next_check_at=now)


def in_the_way(reseller: Reseller, as_of: date) -> list[CardPayment]:
    """Return what waits for a person while the next try at the same renewal is due."""
    confirming = list(open_payments(reseller).filter(state=PaymentState.CONFIRMING))
    due = due_again(reseller, as_of).filter(
        license__uuid__in=[payment.about for payment in confirming]
    )
    licenses = {str(uuid) for uuid in due.values_list("license__uuid", flat=True)}
    return [payment for payment in confirming if payment.about in licenses]


def free_license(license: License) -> None:
    """End what waits for a person for one license, as `free`."""
    end_all(waiting_for_person(license))


def waiting_for_person(*licenses: License) -> CardPaymentQuerySet:
    """Return the payments for licenses of one company that a person has to confirm."""
    uuids = [str(license.uuid) for license in licenses]
    payments = open_payments(licenses[0].reseller).filter(about__in=uuids)
    return payments.filter(state=PaymentState.CONFIRMING)


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


def _chargeable(reseller: Reseller) -> Card | None:
    card = Card.objects.default_of(reseller) if cards_are_on() else None
    if card is None or card.is_expired(reseller.day_of(timezone.now())):
        return None
    return card
