"""Buying: from the balance it is order, licenses, ledger entry, mail and record, or nothing.

By card the payment is written down here with the purchase, and charged after the commit.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.card_forms import MOST as MOST_BY_CARD
from billing.models import Account, Card, CardPayment, EntryKind
from billing.payments import open_payment
from billing.steps import lock_account, post_entry, why_not_covered, why_parked
from catalog.models import Product
from orders.card_purchases import PURCHASE, as_data, payment_key, purchase_paid_with
from orders.models import Order, OrderState, PaymentType
from orders.purchases import (
    PriceChanged,
    Purchase,
    Quote,
    quote,
    why_key_is_used,
    why_no_price,
)
from orders.steps import create_order, issue, order_bought_with, unused_number
from reseller_portal.display import money_text
from reseller_portal.refusals import Refusal
from resellers.models import DistributionCompany, User


@transaction.atomic(durable=True)
def buy(purchase: Purchase, *, actor: User, now: datetime) -> Order:
    """Buy licenses for the actor's company and pay them from its balance.

    A key that was used gives the order that it bought. Raises PriceChanged unless the expected
    amount is today's total, and Refusal for a parked account, a product or distributor that was
    retired, a term without a price, for more than the account covers, and, at `key`, for one with
    which a card is being charged.
    """
    reseller = actor.reseller
    if reseller is None:
        raise ValueError("only people of a reseller buy")
    account = lock_account(reseller, parked_too=True)
    before = order_bought_with(purchase.key, reseller)
    if before is not None:
        return before
    if purchase_paid_with(reseller, purchase.key):
        raise Refusal(why_key_is_used(), field="key")
    if account.is_parked:
        raise Refusal(why_parked())
    refuse_retired(purchase, now)
    price = confirmed(purchase, account, now)
    if price.missing:
        raise Refusal(why_not_covered(account, price.amount))
    order = create_order(
        purchase,
        price.unit_amount,
        state=OrderState.PROCESSED,
        payment_type=PaymentType.BALANCE,
        actor=actor,
        now=now,
    )
    pay(order, account, actor=actor, now=now)
    issue(order, recurrent=purchase.recurrent, actor=actor, now=now)
    return order


@transaction.atomic(durable=True)
def begin_card_purchase(
    purchase: Purchase, card: Card, *, actor: User, now: datetime
) -> CardPayment:
    """Write down what is to be bought by card; `charge` it after the commit.

    A key that was used gives the payment that it began. Raises as `buy` does, except that the
    balance need not cover it; and Refusal, at the field `card`, for a card that cannot be charged
    and for more than a card pays at once, at `key` for one that bought from the balance.
    """
    reseller = actor.reseller
    if reseller is None:
        raise ValueError("only people of a reseller buy")
    account = lock_account(reseller)
    before = order_bought_with(purchase.key, reseller)
    if before is not None and before.card_payment_id is None:
        raise Refusal(why_key_is_used(), field="key")
    refuse_retired(purchase, now)
    price = confirmed(purchase, account, now)
    refuse_for_card(price)
    return open_payment(
        account,
        Card.objects.for_reseller(reseller).get(pk=card.pk),
        price.amount,
        purpose=PURCHASE.name,
        key=payment_key(purchase.key),
        about=unused_number(),
        data=as_data(purchase, price),
        actor=actor,
        now=now,
    )


def refuse_for_card(price: Quote) -> None:
    """Raise Refusal for what is free, and for more than is charged at once."""
    if not price.amount:
        raise Refusal(_("This is free: no card is charged. Pay from the balance."), "payment_type")
    if price.amount > MOST_BY_CARD:
        most = money_text(MOST_BY_CARD, price.account.currency)
        said = _("A card pays at most %(most)s at once. Choose a smaller quantity.")
        raise Refusal(said % {"most": most}, "card")


def refuse_retired(purchase: Purchase, now: datetime) -> None:
    """Raise Refusal, at its field, for what cannot be chosen any more."""
    if not Product.objects.on_sale(now).filter(pk=purchase.product.pk).exists():
        raise Refusal(_("This product is no longer sold. Choose another one."), field="product")
    company = purchase.distribution_company
    if company is not None:
        companies = DistributionCompany.objects.for_reseller(company.reseller).in_use()
        if not companies.filter(pk=company.pk).exists():
            raise Refusal(
                _("This distribution company is no longer in use. Choose another one, or none."),
                field="distribution_company",
            )


def confirmed(purchase: Purchase, account: Account, now: datetime) -> Quote:
    """Return today's quote. Raises Refusal without a price, PriceChanged unless it was expected."""
    product, term, today = purchase.product, purchase.term_months, account.reseller.day_of(now)
    found = quote(account, product, term, purchase.quantity, today)
    if found is None:
        raise Refusal(why_no_price(account.reseller, product, term, today), field="term")
    if purchase.expected_amount != found.amount:
        raise PriceChanged(found)
    return found


def pay(order: Order, account: Account, *, actor: User, now: datetime) -> None:
    """Take an order's amount from a locked account."""
    post_entry(
        account,
        EntryKind.PURCHASE,
        -order.amount,
        key=f"purchase/{order.number}",
        reference=order.number,
        tax_rate=order.tax_rate,
        actor=actor,
        at=now,
    )
