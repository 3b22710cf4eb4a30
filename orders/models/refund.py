"""One license that is to be cancelled for its money, and what goes back where."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import CardRefund
from licenses.models import License, Renewal
from orders.models.order import Order
from orders.querysets import RefundPartQuerySet, RefundQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User


class RefundState(models.TextChoices):
    """What became of a wish for a refund."""

    ASKED = "asked", _("Asked for")
    APPROVED = "approved", _("Refunded")
    REJECTED = "rejected", _("Rejected")


class Refund(models.Model):
    """One license that is to be, or was, cancelled for its money: at most once for each license.

    `amount` is net, in the order's currency: what would be paid back when it was asked for, and
    what was paid back once it is approved. Without `asked_by` it was the vendor's own idea. One
    that was rejected may be asked for again.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="refunds", db_constraint=False, db_index=False
    )
    license = models.OneToOneField(
        License, models.PROTECT, related_name="refund", db_constraint=False
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=10, choices=RefundState, default=RefundState.ASKED
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="refund_of_reseller"),
            SameReseller(field="order", name="refund_order_same_reseller"),
            SameReseller(field="license", name="refund_license_same_reseller"),
            models.CheckConstraint(name="refund_not_negative", condition=models.Q(amount__gte=0)),
            models.CheckConstraint(
                name="refund_decided_as_a_whole",
                condition=models.Q(state="asked", decided_by=None, decided_at=None)
                | models.Q(
                    state__in=["approved", "rejected"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            # an order's history, and what may still be paid back
            models.Index(fields=["reseller", "order"], name="refund_of_order"),
            # staff: the refunds that wait for a decision, the oldest first
            models.Index(
                fields=["asked_at"], name="refund_asked", condition=models.Q(state="asked")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.number}, {self.license}"

    @property
    def is_waiting(self) -> bool:
        """Say whether staff have to decide about it."""
        return self.state == RefundState.ASKED


class RefundPart(models.Model):
    """What goes back of one thing that was paid for a license: of its order, or of a renewal.

    It is written in the transaction that approves the refund; a trigger holds that the parts of a
    refund are its amount, and that no other refund has any. Without a `card_refund` it went to the
    balance, under the key `refund/<license>`, of a renewal `refund/<license>/<number>`.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts", db_constraint=False)
    renewal = models.OneToOneField(
        Renewal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunded",
        db_constraint=False,
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    card_refund = models.ForeignKey(
        CardRefund,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        db_constraint=False,
    )

    objects = RefundPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a refund")
        verbose_name_plural = _("parts of refunds")
        ordering = ("id",)
        constraints = [
            SameReseller(field="refund", name="refund_part_refund_same_reseller"),
            SameReseller(field="renewal", name="refund_part_renewal_same_reseller"),
            SameReseller(field="card_refund", name="refund_part_card_same_reseller"),
            models.UniqueConstraint(
                fields=["refund"],
                name="refund_part_of_order_once",
                condition=models.Q(renewal=None),
            ),
            models.CheckConstraint(
                name="refund_part_not_negative", condition=models.Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund}: {self.amount}"
