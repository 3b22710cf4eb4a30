"""What a purchase by card does: the order exists once the money came, or while nobody knows.

The payment's row holds the purchase; from it the order is made when the outcome is known.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.models import Account, CardPayment, PaymentState
from billing.purposes import Purpose, register_purpose, was_confirmed_just_now
from catalog.models import Product
from orders.models import Order, OrderState, PaymentType
from orders.purchases import Purchase, Quote
from orders.steps import create_order, issue, unused_number
from orders.telling import tell_payment_failed
from resellers.models import DistributionCompany, Reseller
from resellers.steps import record


def payment_key(key: UUID) -> str:
    """Return the payment's key of a form's one-time key."""
    return f"purchase/{key}"


def purchase_paid_with(reseller: Reseller, key: UUID) -> CardPayment | None:
    """Return the payment that a form with a one-time key began."""
    payments = CardPayment.objects.for_reseller(reseller).select_related("card")
    return payments.filter(key=payment_key(key)).first()


def as_data(purchase: Purchase, price: Quote) -> dict[str, Any]:
    """Return a purchase as the payment keeps it, with the price and the tax of its day."""
    company = purchase.distribution_company
    return {
        "product": purchase.product.pk,
        "term_months": purchase.term_months,
        "quantity": purchase.quantity,
        "distribution_company": company.pk if company else None,
        "recurrent": purchase.recurrent,
        "reference": purchase.reference,
        "unit_amount": str(price.unit_amount),
        "tax_rate": str(price.account.reseller.tax_rate),
        "key": str(purchase.key),
    }


def succeeded(payment: CardPayment, _account: Account, now: datetime) -> None:
    """Issue what was paid for."""
    order = order_paid_by(payment)
    if order is None:
        order = place(payment, OrderState.PROCESSED)
    else:
        change_state(order, OrderState.PROCESSED)
    recurrent = bool(payment.data["recurrent"])
    issue(order, recurrent=recurrent, actor=order.user, now=now)


def pending(payment: CardPayment, _account: Account, _now: datetime) -> None:
    """Place the order without licenses, unless somebody is just confirming the payment."""
    if payment.state == PaymentState.UNKNOWN and order_paid_by(payment) is None:
        place(payment, OrderState.CHECKING)


def failed(payment: CardPayment, _account: Account, now: datetime) -> None:
    """Let an order that was placed meanwhile fail, and tell who placed it."""
    order = order_paid_by(payment)
    if order is not None:
        change_state(order, OrderState.FAILED)
        tell_payment_failed(order, now=now)


def may_charge(payment: CardPayment) -> bool:
    """Say whether it is still wanted: the account is not parked, and it was confirmed just now."""
    return was_confirmed_just_now(payment) and not payment.reseller.account.is_parked


def page(payment: CardPayment) -> str:
    """Return the page of the order, once there is one."""
    order = Order.objects.filter(card_payment=payment).first()
    return reverse("orders:show", args=[order.number]) if order else ""


def again(payment: CardPayment) -> str:
    """Return the form to buy the same, to be paid as a person chooses then."""
    wish = wanted(payment.data)
    company = wish.distribution_company
    fields = {
        "product": wish.product.slug,
        "term": wish.term_months,
        "quantity": wish.quantity,
        "distribution_company": company.pk if company and not company.retired_at else "",
        "recurrent": "on" if wish.recurrent else "",
        "reference": wish.reference,
        "payment_type": PaymentType.CARD.value,
    }
    given = {name: value for name, value in fields.items() if value}
    return f"{reverse('orders:buy')}?{urlencode(given)}"


def order_paid_by(payment: CardPayment) -> Order | None:
    """Lock the order of a payment and return it, if there is one; the account is locked."""
    orders = Order.objects.select_for_update(no_key=True, of=("self",))
    return orders.select_related("reseller", "user").filter(card_payment=payment).first()


def place(payment: CardPayment, state: OrderState) -> Order:
    """Make the order that a payment is for, of the moment when it was confirmed."""
    if payment.actor is None:
        raise ValueError("only people buy")
    data = payment.data
    number = payment.about
    return create_order(
        wanted(data),
        Decimal(data["unit_amount"]),
        state=state,
        payment_type=PaymentType.CARD,
        actor=payment.actor,
        now=payment.created_at,
        number=unused_number() if Order.objects.filter(number=number).exists() else number,
        tax_rate=Decimal(data["tax_rate"]),
        card_payment=payment,
    )


def wanted(data: dict[str, Any]) -> Purchase:
    """Return the purchase that a payment's data hold."""
    company = data["distribution_company"]
    return Purchase(
        product=Product.objects.get(pk=data["product"]),
        term_months=data["term_months"],
        quantity=data["quantity"],
        distribution_company=DistributionCompany.objects.get(pk=company) if company else None,
        recurrent=data["recurrent"],
        reference=data["reference"],
        expected_amount=None,
        key=UUID(data["key"]),
    )


def change_state(order: Order, state: OrderState) -> None:
    """Record what became of an order whose payment was in doubt."""
    order.state = state
    order.save(update_fields=["state"])
    verb = "order.paid" if state == OrderState.PROCESSED else "order.payment_failed"
    record(verb, order.number, reseller=order.reseller, actor=None, amount=str(order.amount))


PURCHASE = register_purpose(
    Purpose(
        "purchase",
        _("Purchase"),
        succeeded=succeeded,
        failed=failed,
        pending=pending,
        page=page,
        may_charge=may_charge,
        again=again,
    )
)
