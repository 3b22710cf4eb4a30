"""One purchase: one product, one term, a quantity."""

import secrets

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import CardPayment
from catalog.models import Product
from orders.querysets import OrderQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Currency, DistributionCompany, Reseller, User


class PaymentType(models.TextChoices):
    """How an order was paid."""

    BALANCE = "balance", _("CSS balance")
    CARD = "card", _("Credit card")


class OrderState(models.TextChoices):
    """What became of an order."""

    PROCESSED = "processed", _("Processed")
    REFUNDED = "refunded", _("Refunded")
    CHECKING = "checking", _("Checking payment")
    FAILED = "failed", _("Payment failed")


def new_order_number() -> str:
    """Return ten random digits, so that numbers tell nothing about other resellers' orders."""
    return str(secrets.randbelow(9 * 10**9) + 10**9)


class Order(models.Model):
    """A purchase of `quantity` licenses; `available` of them are neither activated nor cancelled.

    `amount` is the whole order's net price and `unit_amount` one license's, both in `currency`;
    `tax_rate` is the reseller's on that day.
    `key` is the one-time key of the form that bought it; `card_payment` is what paid it, or may.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="orders", db_index=False)
    number = models.CharField(_("order number"), max_length=10, default=new_order_number)
    user = models.ForeignKey(
        User, models.PROTECT, related_name="orders", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="orders", db_index=False)
    term_months = models.PositiveSmallIntegerField(_("term in months"))
    quantity = models.PositiveIntegerField(_("quantity"))
    available = models.PositiveIntegerField(_("available"))
    unit_amount = models.DecimalField(_("amount per license"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    tax_rate = models.DecimalField(
        _("tax rate in per cent"), max_digits=5, decimal_places=2, default=0, db_default=0
    )
    payment_type = models.CharField(_("payment type"), max_length=10, choices=PaymentType)
    state = models.CharField(_("state"), max_length=10, choices=OrderState)
    distribution_company = models.ForeignKey(
        DistributionCompany,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_constraint=False,
        db_index=False,
    )
    reference = models.CharField(_("own reference"), max_length=100, blank=True)
    placed_at = models.DateTimeField(_("date"), default=timezone.now)
    key = models.UUIDField(_("one-time key"), null=True, blank=True, unique=True, editable=False)
    card_payment = models.OneToOneField(
        CardPayment,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="order",
        db_constraint=False,
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.UniqueConstraint(fields=["reseller", "id"], name="order_of_reseller"),
            SameReseller(field="user", name="order_user_same_reseller"),
            SameReseller(field="distribution_company", name="order_distributor_same_reseller"),
            SameReseller(field="card_payment", name="order_payment_same_reseller"),
            models.CheckConstraint(
                name="order_card_payment_by_card",
                condition=models.Q(card_payment=None) | models.Q(payment_type="card"),
            ),
            models.CheckConstraint(
                name="order_number_ten_digits", condition=models.Q(number__regex=r"^[0-9]{10}$")
            ),
            models.CheckConstraint(
                name="order_available_within_quantity",
                condition=models.Q(available__lte=models.F("quantity"), quantity__gte=1),
            ),
            models.CheckConstraint(
                name="order_amounts_not_negative",
                condition=models.Q(unit_amount__gte=0, amount__gte=0),
            ),
            models.CheckConstraint(
                name="order_term_sensible",
                condition=models.Q(term_months__gte=1, term_months__lte=120),
            ),
            models.CheckConstraint(
                name="order_state_known", condition=models.Q(state__in=OrderState.values)
            ),
            models.CheckConstraint(
                name="order_payment_type_known",
                condition=models.Q(payment_type__in=PaymentType.values),
            ),
            models.CheckConstraint(
                name="order_unpaid_has_none_available",
                condition=~models.Q(state__in=["checking", "failed"]) | models.Q(available=0),
            ),
        ]
        indexes = [
            # the list, whichever days, and what its filters ask; its next and last pages
            models.Index(
                fields=["reseller", "-placed_at", "-id"],
                name="order_newest",
                include=[
                    "number",
                    "product",
                    "state",
                    "payment_type",
                    "distribution_company",
                    "user",
                    "available",
                ],
            ),
            # the list and the search by the first digits of a number
            models.Index(
                fields=["reseller", "number"],
                name="order_number_begins",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            # the list and the search by the beginning of an own reference
            models.Index(
                "reseller",
                OpClass(Lower("reference"), "text_pattern_ops"),
                name="order_reference_begins",
                condition=~models.Q(reference=""),
            ),
            # orders that have licenses for resale; the home page's stock, counted in it alone
            models.Index(
                fields=["reseller", "-placed_at", "-id"],
                name="order_with_available",
                include=["available", "product"],
                condition=models.Q(available__gt=0),
            ),
            # the list sorted by each of these
            models.Index(fields=["reseller", "product", "id"], name="order_of_product"),
            models.Index(fields=["reseller", "amount", "id"], name="order_by_amount"),
            models.Index(fields=["reseller", "quantity", "id"], name="order_by_quantity"),
            models.Index(fields=["reseller", "available", "id"], name="order_by_available"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_licenses(self) -> bool:
        """Say whether licenses were issued: not before a card payment is known to have worked."""
        return self.state in {OrderState.PROCESSED, OrderState.REFUNDED}
