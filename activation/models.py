"""Customers, and what they activated."""

from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Collate, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activation.querysets import CustomerQuerySet
from licenses.models import License
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet


class Customer(models.Model):
    """An organization that activated with a reseller, known there by its registered e-mail.

    Once its person's data are erased, no name is left, and an address to which no mail can go.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="customers", db_index=False)
    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    email = models.EmailField(_("registered e-mail"), max_length=254)
    company = models.CharField(_("company"), max_length=200)
    name = models.CharField(_("contact name"), max_length=150)
    country = models.CharField(_("country"), max_length=2)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("company", "id")
        constraints = [
            models.UniqueConstraint("reseller", Lower("email"), name="customer_email_once"),
            models.UniqueConstraint(fields=["reseller", "id"], name="customer_of_reseller"),
            models.CheckConstraint(
                name="customer_country_code", condition=models.Q(country__regex=r"^[A-Z]{2}$")
            ),
            models.CheckConstraint(
                name="customer_erased_as_a_whole",
                condition=models.Q(erased_at=None)
                | models.Q(name="", email__endswith="@erased.invalid"),
            ),
        ]
        indexes = [
            # orders, activations and the search by the beginning of an e-mail address
            models.Index(
                "reseller",
                OpClass(Lower("email"), "text_pattern_ops"),
                name="customer_email_begins",
            ),
            # customers by name; the search by its beginning
            models.Index(
                "reseller", Collate(Lower("company"), "C"), "id", name="customer_by_company"
            ),
        ]

    def __str__(self) -> str:
        return self.company

    @property
    def is_erased(self) -> bool:
        """Say whether the data of its person are gone."""
        return self.erased_at is not None


class Activation(models.Model):
    """The record that a license was activated, by whom and under which terms; once per license.

    `by` is the person of the reseller who did it, or None when the customer used the link.
    """

    reseller = models.ForeignKey(
        Reseller, models.PROTECT, related_name="activations", db_index=False
    )
    license = models.OneToOneField(
        License, models.PROTECT, related_name="activation", db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="activations", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    terms_version = models.CharField(_("version of the terms"), max_length=20)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ResellerQuerySet["Activation"].as_manager()

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        ordering = ("-at", "-id")
        constraints = [
            SameReseller(field="license", name="activation_license_same_reseller"),
            SameReseller(field="customer", name="activation_customer_same_reseller"),
        ]

    def __str__(self) -> str:
        return f"{self.license_id}"


class WrongCodes(models.Model):
    """How many wrong activation codes a network tried in ten minutes.

    `window` counts spans of ten minutes since 1970; `network` is an IPv4 address or the first
    address of an IPv6 /64.
    """

    network = models.CharField(max_length=45)
    window = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("wrong codes")
        verbose_name_plural = _("wrong codes")
        constraints = [
            models.UniqueConstraint(fields=["network", "window"], name="wrong_codes_once")
        ]

    def __str__(self) -> str:
        return f"{self.network}: {self.count}"
