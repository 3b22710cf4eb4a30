"""The cards of a reseller: tokens of the gateway, never numbers."""

from datetime import date, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.querysets import CardQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet

SOON = timedelta(days=30)
BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


class Card(models.Model):
    """A card that the gateway keeps for a reseller, known here by a token that is never shown.

    `expires_on` is the last day on which it can be charged. One that was removed stays as a row,
    for the payments that were made with it. `refused_at` is when it was declined for good
    while nobody was there, unless it has paid since: it is not charged by itself any more.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="cards", db_index=False)
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=100, editable=False)
    brand = models.CharField(_("brand"), max_length=30)
    last4 = models.CharField(_("last four digits"), max_length=4)
    expires_on = models.DateField(_("expires"))
    is_default = models.BooleanField(_("default card"), default=False)
    added_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    refused_at = models.DateTimeField(_("declined for good"), null=True, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ("-is_default", "-added_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="card_of_reseller"),
            models.UniqueConstraint(fields=["reseller", "token"], name="card_once"),
            SameReseller(field="added_by", name="card_added_by_same_reseller"),
            models.UniqueConstraint(
                fields=["reseller"], name="card_one_default", condition=Q(is_default=True)
            ),
            models.CheckConstraint(
                name="card_removed_is_no_default",
                condition=Q(removed_at=None) | Q(is_default=False),
            ),
            models.CheckConstraint(
                name="card_last_four_digits", condition=Q(last4__regex=r"^[0-9]{4}$")
            ),
            models.CheckConstraint(
                name="card_named_by_token", condition=~Q(token="") & ~Q(brand="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_name} •••• {self.last4}"

    @property
    def brand_name(self) -> str:
        """Return the brand as it is written on the card."""
        return BRANDS.get(self.brand, self.brand.replace("_", " ").title())

    def is_expired(self, today: date) -> bool:
        """Say whether it cannot be charged any more on a day."""
        return self.expires_on < today

    def expires_soon(self, today: date) -> bool:
        """Say whether its last day is near, and not over."""
        return today <= self.expires_on <= today + SOON

    def validity(self, today: date) -> str:
        """Return `expired`, `refused`, `soon` or `good`."""
        if self.is_expired(today):
            return "expired"
        if self.refused_at is not None:
            return "refused"
        return "soon" if self.expires_soon(today) else "good"


class CardNotice(models.Model):
    """That a company was told so many days ahead that its default card expires: once each."""

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    card = models.ForeignKey(
        Card, models.PROTECT, related_name="notices", db_constraint=False, db_index=False
    )
    days = models.PositiveSmallIntegerField(_("days ahead"))
    on = models.DateField(_("day"))

    objects = ResellerQuerySet["CardNotice"].as_manager()

    class Meta:
        verbose_name = _("notice of a card")
        verbose_name_plural = _("notices of cards")
        ordering = ("-id",)
        constraints = [
            SameReseller(field="card", name="card_notice_same_reseller"),
            models.UniqueConstraint(fields=["card", "days"], name="card_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.card}, {self.days}"
