"""Writing a card payment down before the gateway hears of it; the caller's transaction is open."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.gateway import cards_are_on
from billing.models import Account, Card, CardPayment
from billing.purposes import purpose_named
from reseller_portal.display import day_text
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


def open_payment(
    account: Account,
    card: Card,
    amount: Decimal,
    *,
    purpose: str,
    key: str,
    actor: User | None,
    now: datetime,
    about: str = "",
    data: Mapping[str, Any] | None = None,
    has_person: bool = True,
) -> CardPayment:
    """Write down that a card is to be charged an amount, in whole cents of the account's currency.

    The account is locked. Commit, then call `charge`; where nobody is at the screen who could
    confirm it (`has_person`), workers do. The same `key` gives the payment that is there already.
    Raises
    Refusal, at the field `card`, for a card that cannot be charged, at `key` for another company's
    key, and KeyError for a purpose that no app declared.
    """
    purpose_named(purpose)
    before = CardPayment.objects.filter(key=key).first()
    if before is not None:
        return _of(account, before)
    reason = why_not_charge(card, account.reseller.day_of(now))
    if reason:
        raise Refusal(reason, field="card")
    what = {"purpose": purpose, "key": key, "about": about, "data": dict(data or {})}
    payment = _written(account, card, amount, has_person, now, actor=actor, **what)
    note(payment, "payment.started", actor)
    return payment


def _written(
    account: Account, card: Card, amount: Decimal, has_person: bool, now: datetime, **what: Any
) -> CardPayment:
    uuid = uuid4()
    return CardPayment.objects.create(
        reseller=account.reseller,
        uuid=uuid,
        card=card,
        amount=amount,
        currency=account.currency,
        return_url=page_of(uuid) if has_person else "",
        next_check_at=now + lease() if has_person else now,
        created_at=now,
        **what,
    )


def _of(account: Account, payment: CardPayment) -> CardPayment:
    if payment.reseller_id != account.reseller_id:
        raise Refusal(_("This page is out of date. Check what you entered and confirm it."), "key")
    return payment


def why_not_charge(card: Card, today: date) -> str | None:
    """Say why a card cannot be charged on a day, and what to do."""
    if not cards_are_on():
        return _("Cards are switched off here. Pay from the balance.")
    if card.removed_at is not None:
        return _("This card was removed. Choose another one.")
    if card.is_expired(today):
        said = _("This card expired on %(day)s. Choose another one.")
        return said % {"day": day_text(card.expires_on)}
    return None


def lease() -> timedelta:
    """Return for how long a process that asks the gateway is left alone."""
    return timedelta(seconds=settings.CARD_LEASE_SECONDS)


def page_of(uuid: object) -> str:
    """Return the address of a payment's page, to which the gateway leads a person back."""
    return f"{settings.SITE_URL}{reverse('billing:payment', args=[uuid])}"


def note(payment: CardPayment, verb: str, actor: User | None, **changes: Any) -> None:
    """Write down what happened to a payment."""
    record(
        verb,
        about_payment(payment),
        reseller=payment.reseller,
        actor=actor,
        amount=str(payment.amount),
        card=str(payment.card),
        purpose=payment.purpose,
        **changes,
    )


def about_payment(payment: CardPayment) -> str:
    """Return how audit events name a payment."""
    return f"payment:{payment.uuid}"
