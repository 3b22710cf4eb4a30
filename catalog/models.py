"""What the vendor sells, and for how much."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.querysets import PriceQuerySet, ProductQuerySet
from resellers.models import Currency


class Product(models.Model):
    """What is sold. Its terms are what a customer accepts when activating."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    family = models.CharField(_("family"), max_length=80, blank=True)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace after the last day"), default=14, validators=[MaxValueValidator(90)]
    )
    terms_text = models.TextField(_("terms"))
    terms_version = models.CharField(_("version of the terms"), max_length=20)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="product_grace_sensible", condition=models.Q(grace_days__lte=90)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """The net price of one license from a date on, for a term, a currency and a quantity tier."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    term_months = models.PositiveSmallIntegerField(
        _("term in months"), validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    minimum_quantity = models.PositiveIntegerField(
        _("from quantity"), default=1, validators=[MinValueValidator(1)]
    )
    amount = models.DecimalField(
        _("amount per license"),
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    valid_from = models.DateField(_("valid from"))

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("product", "term_months", "currency", "minimum_quantity", "-valid_from")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "term_months", "currency", "minimum_quantity", "valid_from"],
                name="price_once",
            ),
            models.CheckConstraint(name="price_not_negative", condition=models.Q(amount__gte=0)),
            models.CheckConstraint(
                name="price_term_sensible",
                condition=models.Q(term_months__gte=1, term_months__lte=120),
            ),
            models.CheckConstraint(
                name="price_tier_from_one", condition=models.Q(minimum_quantity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.term_months} months, {self.currency} {self.amount}"
