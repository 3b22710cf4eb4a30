"""Two companies, their money, and what must become of it: the model beside the portal.

What is expected is worked out here with other means than the portal's own, so that a mistake is not
made twice.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from billing.models import Account, BalanceEntry, CardPayment, CardRefund
from catalog.models import Product
from desk.verify.registry import check_all
from licenses.models import License, Period
from mailing.models import Mail
from orders.models import Order, Refund, RefundPart
from orders.purchases import Purchase
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import (
    CustomerFactory,
    PriceFactory,
    ProductFactory,
    ResellerFactory,
    UserFactory,
)

if TYPE_CHECKING:
    from tests.desk.money.cards import ModelCard

START = datetime(2026, 1, 30, 11, 0, tzinfo=UTC)
GRACE = timedelta(days=14)
PRICES = {12: (Decimal("120.00"), Decimal("100.00")), 1: (Decimal("12.50"), Decimal("11.99"))}
TIER = 4
COUNTED = (
    *(Account, AuditEvent, BalanceEntry, CardPayment, CardRefund),
    *(License, Mail, Order, Period, Refund, RefundPart),
)


@dataclass
class Company:
    """A company as the model knows it: what its account must hold, what went back to its card."""

    reseller: Reseller
    admin: User
    email: str
    balance: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    parked: bool = False
    purchases: list[Purchase] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    card: "ModelCard | None" = None
    back_to_card: Decimal = Decimal(0)

    def can_pay(self, amount: Decimal) -> bool:
        """Say whether the balance covers an amount, the credit included."""
        return self.balance + self.credit >= amount

    def day(self, now: datetime) -> date:
        """Return the company's calendar day."""
        return now.astimezone(self.reseller.zone).date()


@dataclass
class World:
    """Acme and Globex, a product on sale, vendor staff, and a clock that only goes forward."""

    companies: list[Company]
    product: Product
    staff: User
    now: datetime = START
    transfers: int = 0
    in_doubt: set[int] = field(default_factory=set)  # licenses for which a card may have paid

    def later(self, *, days: int = 0) -> None:
        """Let time pass: a minute, or days."""
        self.now += timedelta(days=days, minutes=0 if days else 1)

    def licenses(self) -> list[License]:
        """Return every license, as it is stored."""
        return list(License.objects.select_related("order", "reseller", "product").order_by("pk"))

    def company_of(self, row: Any) -> Company:
        """Return the company that a row belongs to."""
        return next(each for each in self.companies if each.reseller.pk == row.reseller_id)

    def in_use(self, license: License) -> bool:
        """Say whether a license is active or in grace today."""
        today = self.company_of(license).day(self.now)
        alive = license.cancelled_at is None and license.ends_on is not None
        return alive and today <= license.ends_on + GRACE  # type: ignore[operator]

    def can_be_refunded(self, license: License) -> bool:
        """Say whether the money of a license can be asked for today."""
        today = self.company_of(license).day(self.now)
        waiting = Refund.objects.filter(license=license, state="asked").exists()
        unused = license.ends_on is None or today <= license.ends_on
        return license.cancelled_at is None and unused and not waiting | self.is_in_doubt(license)

    def is_in_doubt(self, license: License) -> bool:
        """Say whether nobody knows yet whether a card has paid the next period."""
        return license.pk in self.in_doubt

    def worth(self, license: License) -> Decimal:
        """Return what a license would give back today: its share, and each period not begun."""
        today = self.company_of(license).day(self.now)
        ahead = license.periods.filter(number__gt=0, starts_on__gt=today).count()
        order = license.order
        return order.unit_amount + ahead * price(order.term_months, order.quantity)

    def to_balance(self, license: License) -> Decimal:
        """Return what of that goes back to the balance: what the balance has paid."""
        today = self.company_of(license).day(self.now)
        of_balance = license.periods.filter(starts_on__gt=today, renewal__source="balance").count()
        order = license.order
        share = Decimal(0) if order.card_payment_id else order.unit_amount
        return share + of_balance * price(order.term_months, order.quantity)

    def is_paid_ahead(self) -> bool:
        """Say whether a period that has not begun, anywhere, is paid already."""
        ahead = Period.objects.filter(number__gt=0, starts_on__gt=self.now.date())
        return ahead.filter(license__cancelled_at=None).exists()

    def fingerprint(self) -> list[Any]:
        """Return what a refusal must leave as it was."""
        sums = Account.objects.order_by("pk").values_list("balance", "credit_limit", "parked_at")
        return [*(model.objects.count() for model in COUNTED), *sums]


def make_world() -> World:
    """Make both companies, each with a known customer, and what they can buy."""
    product = ProductFactory.create(slug="guard", name="Guard")
    companies = []
    for name, currency, zone in (
        ("Acme", "EUR", "Europe/Berlin"),
        ("Globex", "USD", "America/New_York"),
    ):
        reseller = ResellerFactory.create(name=name, currency=currency, time_zone=zone)
        admin = UserFactory.create(reseller=reseller, role=Role.ADMIN)
        customer = CustomerFactory.create(reseller=reseller)
        companies.append(Company(reseller, admin, customer.email))
        for term, amounts in PRICES.items():
            for tier, amount in zip((1, TIER), amounts, strict=True):
                PriceFactory.create(
                    product=product,
                    currency=currency,
                    term_months=term,
                    minimum_quantity=tier,
                    amount=amount,
                )
    staff = User.objects.create_superuser("sam@vendor.example", name="Sam Staff")
    return World(companies, product, staff)


def price(term: int, quantity: int) -> Decimal:
    """Return the price of one license."""
    return PRICES[term][quantity >= TIER]


def broken_rules() -> dict[str, list[str]]:
    """Return every invariant of `verify` that does not hold, with the rows that break it."""
    return {result.name: result.rows for result in check_all() if result.rows}


def charged_wrongly() -> list[Any]:
    """Return the licenses with another number of charges than of periods that were paid anew."""
    return found("""
        SELECT uuid, periods, charges
        FROM licenses_license AS license
        LEFT JOIN LATERAL (
            SELECT count(*) AS periods
            FROM licenses_period
            WHERE license_id = license.id AND number > 0
        ) AS renewed ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS charges
            FROM billing_balanceentry
            WHERE kind = 'renewal' AND reference LIKE '%/' || uuid
        ) AS charged ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS by_card
            FROM billing_cardpayment AS payment
            JOIN licenses_renewalattempt AS attempt ON attempt.id = (data ->> 'attempt')::bigint
            WHERE purpose = 'renewal' AND about = license.uuid::text AND state = 'succeeded'
                AND attempt.outcome = 'paid'
        ) AS charged_to_card ON true
        WHERE periods <> charges + by_card
    """)


def kept_wrongly() -> list[Any]:
    """Return the payments of renewals that came too late and did not go back as a whole."""
    return found("""
        SELECT payment.key
        FROM billing_cardpayment AS payment
        JOIN licenses_renewalattempt AS attempt ON attempt.id = (data ->> 'attempt')::bigint
        LEFT JOIN billing_cardrefund AS back ON back.payment_id = payment.id
        WHERE purpose = 'renewal' AND payment.state = 'succeeded' AND attempt.outcome <> 'paid'
            AND back.amount IS DISTINCT FROM payment.amount
    """)


def bought_otherwise() -> list[Any]:
    """Return the orders that were not paid once, got more back, or count their licenses wrongly."""
    return found("""
        SELECT number, purchases, back, available, unused
        FROM orders_order AS placed
        LEFT JOIN billing_cardpayment AS paying
            ON paying.id = card_payment_id AND paying.state = 'succeeded'
        LEFT JOIN LATERAL (
            SELECT
                count(*) FILTER (WHERE kind = 'purchase') AS purchases,
                coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS back,
                -sum(amount) FILTER (WHERE kind <> 'refund') AS paid
            FROM billing_balanceentry
            WHERE reseller_id = placed.reseller_id AND reference LIKE number || '%'
        ) AS entries ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS unused
            FROM licenses_license
            WHERE order_id = placed.id AND activated_at IS NULL AND cancelled_at IS NULL
        ) AS licenses ON true
        WHERE purchases + (paying.id IS NOT NULL)::int <>
                (placed.state IN ('processed', 'refunded'))::int
            OR back > paid OR available <> unused
    """)


def found(query: str) -> list[Any]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
