"""Licenses and the periods that were paid for."""

import uuid
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from licenses.codes import PATTERN, last_group, new_activation_code
from licenses.querysets import NEVER_LEFT, LicenseQuerySet
from licenses.status import LicenseStatus
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller
from resellers.querysets import ResellerQuerySet


class License(models.Model):
    """One key of an order.

    `anchor_on` is the activation day in the reseller's zone, from which every period is counted;
    `ends_on` repeats the last period's end. Both are empty until activation. Its first From is the
    anchor. `code_number` counts the codes that it has had; `link_sent_at` says when the link with
    the present one was last queued as a mail to a customer. `in_renewal` says that the next period
    has been tried, and not been paid yet: its renewal knows more.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="licenses", db_index=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="licenses", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="licenses", db_index=False)
    activation_code = models.CharField(
        _("activation code"),
        max_length=40,
        default=new_activation_code,
        editable=False,
        db_collation="C",
    )
    code_number = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    recurrent = models.BooleanField(_("recurrent"), default=False)
    customer = models.ForeignKey(
        "activation.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="licenses",
        db_constraint=False,
        db_index=False,
    )
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)
    anchor_on = models.DateField(_("From"), null=True, blank=True)
    ends_on = models.DateField(_("To"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    link_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    in_renewal = models.BooleanField(default=False, db_default=False, editable=False)

    objects = LicenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("license")
        verbose_name_plural = _("licenses")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["activation_code"], name="license_code_once"),
            models.UniqueConstraint(fields=["reseller", "id"], name="license_of_reseller"),
            SameReseller(field="order", name="license_order_same_reseller"),
            SameReseller(field="customer", name="license_customer_same_reseller"),
            models.CheckConstraint(
                name="license_code_well_formed",
                condition=Q(activation_code__regex=f"^{PATTERN}$"),
            ),
            models.CheckConstraint(
                name="license_activated_as_a_whole",
                condition=Q(activated_at=None, customer=None, anchor_on=None, ends_on=None)
                | Q(
                    activated_at__isnull=False,
                    customer__isnull=False,
                    anchor_on__isnull=False,
                    ends_on__gte=models.F("anchor_on"),
                ),
            ),
            models.CheckConstraint(
                name="license_cancelled_never_renews",
                condition=Q(cancelled_at=None) | Q(recurrent=False),
            ),
        ]
        indexes = [
            # the tiles' counts; an order's keys
            models.Index(fields=["reseller", "order", "id"], name="license_of_order"),
            # orders, activations and the search by the beginning of a code
            models.Index(fields=["reseller", "activation_code"], name="license_code_begins"),
            # orders by a customer's e-mail; a customer's licenses
            models.Index(
                fields=["reseller", "customer"],
                name="license_of_customer",
                condition=Q(customer__isnull=False),
            ),
            # orders whose licenses end in some days; activations sorted by their To; the renewals
            # ahead, counted and priced without the licenses themselves
            models.Index(
                fields=["reseller", "ends_on", "id"],
                name="license_ends",
                condition=Q(activated_at__isnull=False),
                include=[
                    "order",
                    "product",
                    "anchor_on",
                    "cancelled_at",
                    "recurrent",
                    "in_renewal",
                ],
            ),
            # activations sorted by their product
            models.Index(
                fields=["reseller", "product", "id"],
                name="license_of_product",
                condition=Q(activated_at__isnull=False),
            ),
            # a pass: what is due for the first time (renewing/due.py)
            models.Index(
                fields=["reseller", "ends_on", "id"],
                name="license_to_renew",
                condition=Q(
                    recurrent=True,
                    activated_at__isnull=False,
                    cancelled_at=None,
                    in_renewal=False,
                ),
            ),
            # orders whose licenses were activated in some days; activations, the newest first
            models.Index(
                fields=["reseller", "activated_at"],
                name="license_activated",
                condition=Q(activated_at__isnull=False),
                include=["order"],
            ),
        ]

    def __str__(self) -> str:
        return last_group(self.activation_code)

    def grace_ends_on(self) -> date | None:
        """Return the last day on which the license may still be renewed."""
        if self.ends_on is None:
            return None
        return self.ends_on + timedelta(days=self.product.grace_days)

    def status_on(self, today: date) -> LicenseStatus:
        """Return the status on the reseller's calendar day `today`."""
        if self.cancelled_at is not None:
            return LicenseStatus.CANCELLED
        grace_ends_on = self.grace_ends_on()
        if self.ends_on is None or grace_ends_on is None:
            return LicenseStatus.AVAILABLE
        if today <= self.ends_on:
            return LicenseStatus.ACTIVE
        return LicenseStatus.GRACE if today <= grace_ends_on else LicenseStatus.EXPIRED

    @cached_property
    def is_being_paid(self) -> bool:
        """Say whether a card payment of the next period is under way; `for_rows` loads it."""
        return self.in_renewal and self.renewals.filter(state="checking").exists()

    @cached_property
    def link_mail_state(self) -> str | None:
        """Return the state of the last mail with the present link; `for_rows` loads it."""
        return type(self).objects.for_rows().get(pk=self.pk).link_mail_state

    @property
    def has_sent_link(self) -> bool:
        """Say whether a customer was sent the present link, or is about to be."""
        return self.link_sent_at is not None and self.link_mail_state not in NEVER_LEFT

    @property
    def auto_renew(self) -> bool:
        """Say whether the license renews by itself: recurrent and activated."""
        return self.recurrent and self.activated_at is not None


class Period(models.Model):
    """What was paid for: From and To, both inclusive. Period 0 begins on the activation day.

    Every later one has the `renewal` that paid it.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    license = models.ForeignKey(
        License, models.PROTECT, related_name="periods", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("To"))
    renewal = models.OneToOneField(
        "licenses.Renewal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="period",
        db_constraint=False,
    )

    objects = ResellerQuerySet["Period"].as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ("license", "number")
        constraints = [
            SameReseller(field="license", name="period_license_same_reseller"),
            SameReseller(field="renewal", name="period_renewal_same_reseller"),
            models.UniqueConstraint(fields=["license", "number"], name="period_once"),
            models.CheckConstraint(
                name="period_not_backwards", condition=Q(ends_on__gte=models.F("starts_on"))
            ),
            ExclusionConstraint(
                name="periods_never_overlap",
                expressions=[
                    ("license", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"
