"""What admins of a reseller do with its cards. The gateway is never called in a transaction."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.cards import about_card, why_not_default, why_not_remove
from billing.gateway import FinishedSetup, GatewayError, Setup, gateway
from billing.models import Account, Card
from billing.steps import lock_account
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.steps import record


def start_adding(reseller: Reseller, *, back: str, cancel: str, actor: User) -> Setup:
    """Prepare the gateway's page on which a card is entered, and return where it is.

    Raises Refusal while the gateway does not answer.
    """
    try:
        customer = customer_of(reseller)
        return gateway().start_setup(customer, who=str(actor.pk), back=back, cancel=cancel)
    except GatewayError as error:
        raise Refusal(why_no_answer()) from error


def finish_adding(session: str, *, now: datetime, reseller: Reseller | None = None) -> Card | None:
    """Keep the card that was entered on the gateway's page; None if none was, or it is removed.

    However often it is told, by the person who comes back and by the gateway itself, it is one
    card. Another company's session than that of `reseller`, if one is named, is like one that is
    not there. Raises Refusal while the gateway does not answer.
    """
    try:
        found = gateway().read_setup(session)
    except GatewayError as error:
        raise Refusal(why_no_answer()) from error
    if found is None:
        return None
    account = Account.objects.filter(gateway_customer=found.customer).first()
    if account is None or (reseller and reseller.pk != account.reseller_id):
        return None
    return keep_card(account.reseller, found, now=now)


@transaction.atomic(durable=True)
def keep_card(reseller: Reseller, found: FinishedSetup, *, now: datetime) -> Card | None:
    """Store a card that the gateway keeps, once; the first one becomes the default.

    None for one that was removed since: it has to be entered anew.
    """
    lock_account(reseller, parked_too=True)
    cards = Card.objects.for_reseller(reseller)
    before = cards.filter(token=found.token).first()
    if before is not None:
        return before if before.removed_at is None else None
    actor = reseller.users.filter(pk=int(found.who)).first() if found.who.isdecimal() else None
    card = Card.objects.create(
        reseller=reseller,
        token=found.token,
        brand=found.brand,
        last4=found.last4,
        expires_on=found.expires_on,
        is_default=not cards.in_use().exists(),
        added_by=actor,
        added_at=now,
    )
    _record("card.added", card, actor)
    return card


@transaction.atomic(durable=True)
def make_default(reseller: Reseller, uuid: UUID, *, actor: User, now: datetime) -> Card:
    """Let a card pay what the balance does not.

    Raises Refusal for one that has expired or is the default, and Card.DoesNotExist for another
    company's card and for one that was removed.
    """
    lock_account(reseller, parked_too=True)
    cards = Card.objects.for_reseller(reseller).in_use()
    card = cards.get(uuid=uuid)
    reason = why_not_default(card, reseller.day_of(now))
    if reason:
        raise Refusal(reason)
    cards.filter(is_default=True).update(is_default=False)
    card.is_default = True
    card.save(update_fields=["is_default"])
    _record("card.made_default", card, actor)
    return card


def remove_card(reseller: Reseller, uuid: UUID, *, actor: User, now: datetime) -> Card:
    """Remove a card here, then let the gateway go of it.

    Raises Refusal for the default card while a license renews, and while a payment with it is not
    settled; Card.DoesNotExist for another company's card and for one that was removed.
    """
    card = _remove(reseller, uuid, actor=actor, now=now)
    with suppress(GatewayError):  # here it is gone; that the gateway still has it does no harm
        gateway().detach(card.token)
    return card


@transaction.atomic(durable=True)
def _remove(reseller: Reseller, uuid: UUID, *, actor: User, now: datetime) -> Card:
    lock_account(reseller, parked_too=True)
    card = Card.objects.for_reseller(reseller).in_use().get(uuid=uuid)
    reason = why_not_remove(card)
    if reason:
        raise Refusal(reason)
    card.removed_at, card.is_default = now, False
    card.save(update_fields=["removed_at", "is_default"])
    _record("card.removed", card, actor)
    return card


def customer_of(reseller: Reseller) -> str:
    """Return by what name the gateway knows a reseller, which it learns now if it must.

    Raises GatewayError.
    """
    account = Account.objects.for_reseller(reseller).get()
    if account.gateway_customer:
        return account.gateway_customer
    made = gateway().create_customer(f"customer/{account.pk}", reseller.name)
    return _keep_customer(reseller, made)


@transaction.atomic(durable=True)
def _keep_customer(reseller: Reseller, customer: str) -> str:
    account = lock_account(reseller, parked_too=True)
    if not account.gateway_customer:
        account.gateway_customer = customer
        account.save(update_fields=["gateway_customer"])
    return account.gateway_customer


def why_no_answer() -> str:
    """Say that the gateway does not answer, and what to do."""
    return _("The card gateway does not answer just now. Try again in a few minutes.")


def _record(verb: str, card: Card, actor: User | None) -> None:
    record(verb, about_card(card), reseller=card.reseller, actor=actor, card=str(card))
