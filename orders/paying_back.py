"""Paying parts of refunds back, each where it came from; the caller's transaction is open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from billing.models import ZERO, Account, BalanceEntry, CardPayment, CardRefund, EntryKind
from billing.payments.refunding import open_refund
from billing.steps import Movement, post_entries
from orders.models import Order, Refund, RefundPart
from orders.refund_parts import Part
from resellers.models import User


def pay_back(
    order: Order,
    account: Account,
    refunds: Iterable[Refund],
    parts: Sequence[Part],
    *,
    actor: User,
    now: datetime,
) -> None:
    """Post what goes to the balance, write down what goes to cards, and keep what went where.

    Account, order and licenses are locked. Raises Refusal for more than a payment has left.
    """
    refund_of = {refund.license_id: refund for refund in refunds}
    to_balance(order, account, [part for part in parts if part.payment is None], actor, now)
    by_card = to_cards(order, [part for part in parts if part.payment], actor, now)
    RefundPart.objects.bulk_create(
        (
            RefundPart(
                reseller=order.reseller,
                refund=refund_of[part.license.pk],
                renewal=part.renewal,
                amount=part.amount,
                card_refund=by_card[part.payment] if part.payment else None,
            )
            for part in parts
        ),
        batch_size=1000,
    )


def to_balance(
    order: Order, account: Account, parts: Sequence[Part], actor: User, now: datetime
) -> None:
    """Post an entry for each part, with the tax rate that it was paid at."""
    rates = renewal_rates(order, parts)
    movements = defaultdict(list)
    for part in parts:
        movements[rates.get(charge_of(part), order.tax_rate)].append(movement(order, part))
    for rate, of_rate in movements.items():
        kind = EntryKind.REFUND
        post_entries(account, kind, of_rate, actor=actor, at=now, tax_rate=rate)


def renewal_rates(order: Order, parts: Iterable[Part]) -> Mapping[str, Decimal]:
    """Return the tax rates of renewals that the balance paid, by the keys of their entries."""
    keys = [charge_of(part) for part in parts if part.renewal]
    charges = BalanceEntry.objects.for_reseller(order.reseller).filter(key__in=keys)
    return dict(charges.values_list("key", "tax_rate"))


def charge_of(part: Part) -> str:
    """Return the key of the entry by which the balance has paid a renewal."""
    return f"renewal/{part.license.uuid}/{part.renewal.number}" if part.renewal else ""


def movement(order: Order, part: Part) -> Movement:
    """Return what is posted for a part: its key makes it one entry."""
    key, reference = f"refund/{part.license.uuid}", order.number
    if part.renewal:
        key, reference = f"{key}/{part.renewal.number}", f"{reference}/{part.license.uuid}"
    return Movement(part.amount, key, reference)


def to_cards(
    order: Order, parts: Sequence[Part], actor: User, now: datetime
) -> dict[CardPayment, CardRefund]:
    """Write down that parts go back to the cards that paid them: for each payment one refund."""
    of_payment: dict[CardPayment, list[Part]] = defaultdict(list)
    for part in parts:
        if part.payment:
            of_payment[part.payment].append(part)
    return {
        payment: open_refund(
            payment,
            sum((part.amount for part in of), ZERO),
            key=card_key(order, payment, of),
            actor=actor,
            now=now,
        )
        for payment, of in of_payment.items()
    }


def card_key(order: Order, payment: CardPayment, parts: Sequence[Part]) -> str:
    """Return the key of a refund: of an order for its first license, of a renewal the payment's."""
    if payment.pk != order.card_payment_id:
        return f"refund/{payment.key}"
    first = min(parts, key=lambda part: part.license.pk)
    return f"refund/{order.number}/{first.license.uuid}"
