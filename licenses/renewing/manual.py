"""Renew: a person pays the next period of one license by hand, as the engine would."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Account, Card
from billing.steps import lock_account, why_not_covered, why_parked
from licenses.charges import NextCharge, next_charge
from licenses.models import AttemptOutcome, License, Renewal, RenewalState, Source
from licenses.reasons import why_not_renew
from licenses.renewing import cards
from licenses.renewing.charging import charge_one
from licenses.renewing.engine import to_collect
from licenses.renewing.telling import reasons
from licenses.steps import license_for, lock_license
from reseller_portal.display import money_text
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right


@dataclass(frozen=True)
class Means:
    """What may pay: the balance, the default card for what it does not, or one of them alone.

    `has_person` says that somebody waits, who could confirm a card payment.
    """

    balance: bool
    card: bool
    has_person: bool = False


@dataclass(frozen=True)
class Seen:
    """What the person saw who confirms a renewal; what is empty may be anything."""

    number: int | None
    amount: Decimal | None
    paid_by: str


class NotCovered(Refusal):
    """Nothing of what may pay does."""


@dataclass(frozen=True)
class Offer:
    """What a person would pay by hand, by which card or from the balance, and what it leaves."""

    charge: NextCharge
    card: Card | None
    balance_after: Decimal

    @property
    def paid_by(self) -> str:
        """Return how a confirmation names what pays."""
        return str(self.card.uuid) if self.card else Source.BALANCE.value


def offer(license: License, *, actor: User, now: datetime) -> Offer:
    """Return what renewing would mean now. Raises Refusal with the reason if it cannot be done."""
    reseller = license.reseller
    today = reseller.day_of(now)
    _refuse(why_not_renew(license, today))
    charge = next_charge(license, today)
    account = Account.objects.select_related("reseller").get(reseller=reseller)
    if account.is_parked:
        raise Refusal(why_parked())
    if charge.amount is None:
        raise Refusal(reasons()["no_price"])
    missing = account.missing_for(charge.amount)
    if missing and not _card(actor, license):
        raise Refusal(why_not_covered(account, charge.amount))
    if missing:
        card = Card.objects.default_of(reseller)
        return Offer(charge, card, account.balance)
    return Offer(charge, None, account.balance - charge.amount)


def renew_by_hand(
    license_uuid: UUID,
    *,
    number: int | None = None,
    expected_amount: Decimal | None = None,
    paid_by: str = "",
    actor: User,
    now: datetime,
) -> Renewal:
    """Pay the next period of a license, or period `number` if that is the next one.

    From the balance, else from the default card where the person may pay by card; where the person
    saw what pays (`paid_by`, as an offer says it), from that alone. One that was paid before is
    returned as it is; one that the person has to confirm waits, with an open card payment. Raises
    Refusal if it cannot be renewed now, if it would cost another amount than expected, if something
    else would pay, and if nothing pays; License.DoesNotExist for a stranger's.
    """
    seen = Seen(number, expected_amount, paid_by)
    _free(license_for(actor, license_uuid), seen, actor=actor, now=now)
    renewal = begin_by_hand(license_uuid, seen, actor=actor, now=now)
    finish(renewal)
    return renewal


def _free(license: License, seen: Seen, *, actor: User, now: datetime) -> None:
    """End what waits for a person to confirm it, once nothing else speaks against renewing."""
    if _paid(license, seen.number) or not cards.waiting_for_person(license).exists():
        return
    offered = offer(license, actor=actor, now=now)
    _refuse_another_price(seen.amount, offered.charge.amount, offered.charge.currency)
    if seen.paid_by == Source.BALANCE != offered.paid_by:
        raise Refusal(_another_source(), field="paid_by")
    cards.free_license(license)


def finish(renewal: Renewal) -> None:
    """Let the card pay what a person has begun, if it has to; no transaction is open.

    Raises Refusal with the reason if it does not pay.
    """
    if renewal.state == RenewalState.CHECKING:
        cards.collect(renewal.attempts.filter(outcome=AttemptOutcome.UNKNOWN))
        renewal.refresh_from_db()
    failed = renewal.state not in {RenewalState.PAID, RenewalState.CHECKING}
    if failed and not cards.open_payment_of(renewal.license):
        raise Refusal(renewal.attempts.latest("pk").reason)


@transaction.atomic(durable=True)
def begin_by_hand(license_uuid: UUID, seen: Seen, *, actor: User, now: datetime) -> Renewal:
    """Pay from the balance, or leave a renewal that a card has to pay; as `renew_by_hand`."""
    found = license_for(actor, license_uuid)
    account = lock_account(found.reseller)
    license = lock_license(found)
    before = _paid(license, seen.number)
    if before is not None:
        return before
    means = _means(license, seen.paid_by, actor)
    try:
        return begin(account, license, means, seen.amount, actor=actor, now=now)
    except NotCovered:
        if seen.paid_by:
            raise Refusal(_another_source(), field="paid_by") from None
        raise


def _means(license: License, paid_by: str, actor: User) -> Means:
    """Return what may pay: what the person saw, if anything; the account is locked."""
    by_card = _card(actor, license)
    if paid_by in {"", Source.BALANCE}:
        return Means(balance=True, card=by_card and not paid_by, has_person=True)
    default = Card.objects.default_of(license.reseller)
    if not by_card or default is None or str(default.uuid) != paid_by:
        raise Refusal(_another_source(), field="paid_by")
    return Means(balance=False, card=True, has_person=True)


def _another_source() -> str:
    return _("What pays it is another by now than you saw. Look again, and confirm it then.")


def begin(
    account: Account,
    license: License,
    means: Means,
    expected_amount: Decimal | None,
    *,
    actor: User,
    now: datetime,
) -> Renewal:
    """Begin to pay the next period of a locked license, from an account that is locked as well.

    Where it raises Refusal, the caller rolls back what was written: its transaction or a savepoint.
    """
    today = account.reseller.day_of(now)
    _refuse(why_not_renew(license, today) or _why_a_card_may_pay(license))
    paying = {"balance": means.balance, "card": means.card}
    result = charge_one(account, license, today, **paying, actor=actor, now=now)
    if result.outcome == AttemptOutcome.NO_PRICE:
        raise Refusal(reasons()["no_price"])
    if result.outcome == AttemptOutcome.NOT_COVERED:
        raise NotCovered(why_not_covered(account, result.amount or Decimal(0)))
    _refuse_another_price(expected_amount, result.amount, account.currency)
    cards.prepare(to_collect([result]), has_person=means.has_person, now=now)
    return Renewal.objects.get(pk=result.renewal_id)


def _why_a_card_may_pay(license: License) -> str | None:
    if cards.open_payment_of(license) is None:
        return None
    return _("A card payment for this license is still being checked. Look again later.")


def _card(actor: User, license: License) -> bool:
    return actor.may(Right.ADMINISTER) and cards.usable(license.reseller)


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refusal(reason)


def _paid(license: License, number: int | None) -> Renewal | None:
    return license.renewals.filter(number=number or 0, state=RenewalState.PAID).first()


def _refuse_another_price(expected: Decimal | None, amount: Decimal | None, currency: str) -> None:
    if expected not in {None, amount}:
        said = _("The price has changed: it costs %(amount)s now. Confirm it to renew.")
        amount_now = money_text(amount or Decimal(0), currency)
        raise Refusal(said % {"amount": amount_now}, field="expected_amount")
