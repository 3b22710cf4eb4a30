"""What the actions on orders share; the caller's transaction is open."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from billing.models import CardPayment
from licenses.steps import issue_licenses
from mailing.steps import queue_mail
from orders.confirmation import KIND, first_readers
from orders.models import Order, new_order_number
from orders.purchases import Purchase
from reseller_portal.money import to_cents
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.steps import record


def lock_order(order_number: str, actor: User) -> Order:
    """Lock the order that a person means and return it as it is now, with its parts.

    Vendor staff may mean any reseller's. Raises Order.DoesNotExist alike for another reseller's
    order and for none.
    """
    orders = Order.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "reseller", "user", "product"
    )
    if not actor.is_staff:
        orders = orders.filter(reseller=actor.reseller_id)
    return orders.get(number=order_number)


def reseller_of_order(order_number: str, actor: User) -> Reseller:
    """Return whose order a person means, so that its account is locked before the order.

    Raises Order.DoesNotExist as `lock_order` does.
    """
    orders = Order.objects.select_related("reseller")
    if not actor.is_staff:
        orders = orders.filter(reseller=actor.reseller_id)
    return orders.get(number=order_number).reseller


def order_bought_with(key: UUID, reseller: Reseller) -> Order | None:
    """Return what a form's one-time key has bought; the account is locked.

    Raises Refusal for a key that is another company's: then it was not made here.
    """
    order = Order.objects.filter(key=key).first()
    if order is not None and order.reseller_id != reseller.pk:
        raise Refusal(_("This page is out of date. Check your choice and confirm it."), "key")
    return order


def create_order(
    purchase: Purchase,
    unit_amount: Decimal,
    *,
    state: str,
    payment_type: str,
    actor: User,
    now: datetime,
    number: str = "",
    tax_rate: Decimal | None = None,
    card_payment: CardPayment | None = None,
) -> Order:
    """Store what was bought, at a price per license, without licenses.

    `number` is one that no order has; `tax_rate`, in per cent, is the reseller's unless given.
    """
    if actor.reseller is None:
        raise ValueError("only people of a reseller buy")
    order = Order.objects.create(
        reseller=actor.reseller,
        number=number or unused_number(),
        user=actor,
        product=purchase.product,
        term_months=purchase.term_months,
        quantity=purchase.quantity,
        available=0,
        unit_amount=unit_amount,
        amount=to_cents(unit_amount * purchase.quantity),
        currency=actor.reseller.currency,
        tax_rate=actor.reseller.tax_rate if tax_rate is None else tax_rate,
        payment_type=payment_type,
        state=state,
        distribution_company=purchase.distribution_company,
        reference=purchase.reference,
        placed_at=now,
        key=purchase.key,
        card_payment=card_payment,
    )
    note_placed(order, actor)
    return order


def note_placed(order: Order, actor: User) -> None:
    """Write down who placed an order."""
    record(
        "order.placed",
        order.number,
        reseller=order.reseller,
        actor=actor,
        quantity=order.quantity,
        amount=str(order.amount),
        payment_type=order.payment_type,
    )


def issue(order: Order, *, recurrent: bool, actor: User, now: datetime) -> None:
    """Give a paid order its licenses, and send their codes to who may have them."""
    issue_licenses(order, recurrent=recurrent)
    order.available = order.quantity
    order.save(update_fields=["available"])
    key = f"{KIND}/{order.number}"
    for person in first_readers(order):
        queue_mail(
            KIND,
            key=key if person == order.user else f"{key}/{person.pk}",
            to=person.email,
            about=order.number,
            reseller=order.reseller,
            actor=actor,
            now=now,
        )


def unused_number() -> str:
    """Return a number that no order has."""
    number = new_order_number()
    while Order.objects.filter(number=number).exists():
        number = new_order_number()
    return number
