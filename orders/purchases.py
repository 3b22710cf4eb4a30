"""What somebody wants to buy, and what it costs now."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from billing.models import Account
from catalog.models import Price, Product
from catalog.terms import term_in_words
from reseller_portal.money import to_cents
from reseller_portal.refusals import Refusal
from resellers.models import DistributionCompany, Reseller

MOST = 500


@dataclass(frozen=True)
class Purchase:
    """What a person chose. `expected_amount` is the total that they saw; `key` the form's own."""

    product: Product
    term_months: int
    quantity: int
    distribution_company: DistributionCompany | None
    recurrent: bool
    reference: str
    expected_amount: Decimal | None
    key: UUID


@dataclass(frozen=True)
class Quote:
    """What a purchase costs now, net, and what it leaves in the account."""

    quantity: int
    unit_amount: Decimal
    account: Account

    @property
    def amount(self) -> Decimal:
        """Return the total."""
        return to_cents(self.unit_amount * self.quantity)

    @property
    def balance_after(self) -> Decimal:
        """Return the balance that a purchase would leave."""
        return self.account.balance - self.amount

    @property
    def missing(self) -> Decimal:
        """Return what has to be deposited first; zero if it can be paid."""
        return self.account.missing_for(self.amount)


class PriceChanged(Refusal):
    """The total is not, or no longer, what the person saw: it has to be confirmed."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(_("Check the total and confirm it."), field="expected_amount")
        self.quote = quote


def quote(
    account: Account, product: Product, term_months: int, quantity: int, today: date
) -> Quote | None:
    """Return what a purchase costs on the reseller's day, or None where there is no price."""
    price = Price.objects.today(product, term_months, account.currency, quantity, today)
    return None if price is None else Quote(quantity, price.amount, account)


def why_key_is_used() -> str:
    """Say why a form buys nothing more: it has, in another way, a moment ago."""
    return _("This form was sent already. See what became of it before you buy again.")


def why_no_price(reseller: Reseller, product: Product, term_months: int, today: date) -> str:
    """Say for which terms a product is sold instead."""
    prices = Price.objects.in_force(reseller.currency, today).filter(product=product)
    terms = prices.order_by("term_months").values_list("term_months", flat=True).distinct()
    if not terms:
        said = _("%(product)s has no price in %(currency)s today. Choose another product.")
        return said % {"product": product, "currency": reseller.currency}
    said = _("%(product)s is not sold for %(term)s. Choose %(terms)s.")
    offered = _(" or ").join(term_in_words(months) for months in terms)
    return said % {"product": product, "term": term_in_words(term_months), "terms": offered}
