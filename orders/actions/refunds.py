"""Refunds: asked for by an admin of the reseller, decided by the vendor's staff, once a license.

The money goes back and the license dies in one transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import ZERO, Account
from billing.steps import lock_account
from licenses.models import License, Renewal, RenewalState
from licenses.reasons import why_wait_for_the_card
from licenses.steps import cancel_licenses
from orders.models import Order, OrderState, Refund, RefundState
from orders.paying_back import pay_back
from orders.reasons import why_no_card
from orders.refund_parts import Part, Way, as_changes, parts_of, ways
from orders.refunds import refundable, refuse_more_than_paid, why_not, why_unknown_card
from orders.steps import lock_order, reseller_of_order
from orders.telling import tell_asker, tell_staff
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def ask_refund(
    order_number: str, only: UUID | None, reason: str, *, actor: User, now: datetime
) -> list[Refund]:
    """Ask the vendor for the money of one license, or of all that are left.

    Nothing changes for the licenses until staff approve. Raises Refusal for a license that cannot
    be refunded or is waiting already, when none is left, and for a parked account;
    Order.DoesNotExist and License.DoesNotExist for a stranger's.
    """
    _account, order = _locked(order_number, actor)
    parts = parts_of(order, _chosen(order, only, now), order.reseller.day_of(now))
    refunds = _store(order, parts, reason, asked_by=actor, now=now)
    _record("order.refund_asked", order, refunds, actor, _ways(parts))
    tell_staff(order, refunds, _ways(parts), actor=actor, now=now)
    return refunds


@transaction.atomic(durable=True)
def refund_order(
    order_number: str, only: UUID | None, reason: str, *, actor: User, now: datetime
) -> list[Refund]:
    """Pay back one license, or all that are left, without having been asked: staff only.

    Raises Refusal as `ask_refund` does, and if it would be more than was paid.
    """
    account, order = _locked(order_number, actor)
    parts = parts_of(order, _chosen(order, only, now), order.reseller.day_of(now))
    refunds = _store(order, parts, reason, asked_by=None, now=now)
    _pay_back(order, account, refunds, parts, actor=actor, now=now)
    return refunds


@transaction.atomic(durable=True)
def approve_refunds(
    order_number: str, only: int | None, *, actor: User, now: datetime
) -> list[Refund]:
    """Pay back what was asked for of an order: one refund, by key, or all that wait.

    Raises Refusal if nothing waits, for a parked account, and for more than was paid.
    """
    account, order = _locked(order_number, actor)
    refunds = _waiting(order, only)
    parts = _count_anew(order, refunds, now)
    _pay_back(order, account, refunds, parts, actor=actor, now=now)
    return refunds


@transaction.atomic(durable=True)
def reject_refunds(
    order_number: str, only: int | None, answer: str, *, actor: User, now: datetime
) -> list[Refund]:
    """Turn down what was asked for, with an answer. Raises Refusal if nothing waits."""
    order = lock_order(order_number, actor)
    refunds = _waiting(order, only)
    _decide(refunds, RefundState.REJECTED, answer, actor=actor, now=now)
    _record("order.refund_rejected", order, refunds, actor)
    tell_asker(order, refunds, (), actor=actor, now=now)
    return refunds


def _locked(order_number: str, actor: User) -> tuple[Account, Order]:
    account = lock_account(reseller_of_order(order_number, actor))
    return account, lock_order(order_number, actor)


def _chosen(order: Order, only: UUID | None, now: datetime) -> list[License]:
    today = order.reseller.day_of(now)
    if only is not None:
        licenses = License.objects.for_reseller(order.reseller).filter(order=order)
        locked = licenses.select_for_update(no_key=True, of=("self",))
        license = locked.select_related("product", "reseller", "refund").get(uuid=only)
        _refuse(why_not(order, today, license))
        return [license]
    locked = refundable(order, today).select_for_update(no_key=True, of=("self",))
    _refuse(why_not(order, today))
    return list(locked.order_by("pk"))


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refusal(reason)


def _waiting(order: Order, only: int | None) -> list[Refund]:
    waiting = Refund.objects.waiting().filter(order=order).order_by("license_id")
    if only is not None:
        waiting = waiting.filter(pk=only)
    keys = list(waiting.values_list("license_id", flat=True))
    if not keys:
        raise Refusal(_("No refund of this order waits to be decided."))
    locked = License.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    licenses = {license.pk: license for license in locked}
    refunds = list(waiting.filter(license__in=keys).select_related("asked_by"))
    for refund in refunds:
        refund.license, refund.order = licenses[refund.license_id], order
    return refunds


def _store(
    order: Order,
    parts: Sequence[Part],
    reason: str,
    *,
    asked_by: User | None,
    now: datetime,
) -> list[Refund]:
    refunds = [
        Refund(
            reseller=order.reseller,
            order=order,
            license=license,
            amount=amount,
            reason=reason,
            asked_by=asked_by,
            asked_at=now,
        )
        for license, amount in _amounts(parts).items()
    ]
    return Refund.objects.bulk_create(
        refunds,
        batch_size=1000,
        update_conflicts=True,  # one that was rejected is asked for anew
        unique_fields=["license"],
        update_fields=[
            *("amount", "reason", "asked_by", "asked_at"),
            *("state", "answer", "decided_by", "decided_at"),
        ],
    )


def _amounts(parts: Sequence[Part]) -> dict[License, Decimal]:
    amounts: dict[License, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        amounts[part.license] += part.amount
    return amounts


def _ways(parts: Sequence[Part]) -> list[Way]:
    return ways((part.payment, part.amount) for part in parts)


def _count_anew(order: Order, refunds: Sequence[Refund], now: datetime) -> list[Part]:
    """Set the amounts to what they are today: a renewal may have been paid, or have begun."""
    licenses = [refund.license for refund in refunds]
    today = order.reseller.day_of(now)
    _refuse(_why_wait(licenses) or why_unknown_card(order, licenses, today))
    parts = parts_of(order, licenses, today)
    amounts = _amounts(parts)
    for refund in refunds:
        if refund.amount != amounts[refund.license]:
            refund.amount = amounts[refund.license]
            refund.save(update_fields=["amount"])
    return parts


def _why_wait(licenses: Sequence[License]) -> str | None:
    under_way = Renewal.objects.filter(license__in=licenses, state=RenewalState.CHECKING)
    return why_wait_for_the_card() if under_way.exists() else None


def _pay_back(
    order: Order,
    account: Account,
    refunds: Sequence[Refund],
    parts: Sequence[Part],
    *,
    actor: User,
    now: datetime,
) -> None:
    _refuse(why_no_card(order))
    refuse_more_than_paid(order, sum((part.amount for part in parts if not part.renewal), ZERO))
    pay_back(order, account, refunds, parts, actor=actor, now=now)
    order.available -= cancel_licenses([refund.license for refund in refunds], now)
    order.state = OrderState.REFUNDED
    order.save(update_fields=["available", "state"])
    _decide(refunds, RefundState.APPROVED, "", actor=actor, now=now)
    _record("order.refunded", order, refunds, actor, _ways(parts))
    tell_asker(order, refunds, _ways(parts), actor=actor, now=now)


def _decide(
    refunds: Sequence[Refund], state: RefundState, answer: str, *, actor: User, now: datetime
) -> None:
    for refund in refunds:
        refund.state, refund.answer = state, answer
        refund.decided_by, refund.decided_at = actor, now
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).update(
        state=state, answer=answer, decided_by=actor, decided_at=now
    )


def _record(
    verb: str, order: Order, refunds: Sequence[Refund], actor: User, back: Sequence[Way] = ()
) -> None:
    record(
        verb,
        order.number,
        reseller=order.reseller,
        actor=actor,
        licenses=len(refunds),
        amount=str(sum((refund.amount for refund in refunds), ZERO)),
        **as_changes(back),
    )
