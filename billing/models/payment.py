"""What was asked of the gateway: a row that is committed before the gateway hears of it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.card import Card
from billing.querysets import CardPaymentQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Currency, Reseller, User


class PaymentState(models.TextChoices):
    """What became of a card payment, as far as is known."""

    SENDING = "sending", _("Being sent")
    CONFIRMING = "confirming", _("Needs confirmation")
    UNKNOWN = "unknown", _("Checking payment")
    PARKED = "parked", _("With the vendor's staff")
    SUCCEEDED = "succeeded", _("Paid")
    DECLINED = "declined", _("Declined")
    REFUSED = "refused", _("Declined for good")
    NOT_SENT = "not_sent", _("Not sent")
    ABANDONED = "abandoned", _("Not confirmed")


OPEN = (
    PaymentState.SENDING,
    PaymentState.CONFIRMING,
    PaymentState.UNKNOWN,
    PaymentState.PARKED,
)
WATCHED = (PaymentState.SENDING, PaymentState.CONFIRMING, PaymentState.UNKNOWN)


class CardPayment(models.Model):
    """One charge of one card, under one idempotency key, whatever is repeated.

    `purpose` says who is told of its end, `about` which thing it is for (a public id), `data` what
    is needed to do it. `return_url` is empty unless a person was there who could confirm it.
    `sent_at` is when the gateway was first asked, or was about to be. `next_check_at` is when a
    worker looks at it: the end of a lease, or the next date of the schedule; `checks` counts how
    often one did. `reason` is a sentence for the reseller. `contradicted_at` is when the gateway
    said that one which had failed was paid after all; `dealt_with_at` is when staff had seen to it.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=200, unique=True)
    purpose = models.CharField(_("purpose"), max_length=20)
    about = models.CharField(_("about"), max_length=64, blank=True)
    card = models.ForeignKey(
        Card, models.PROTECT, related_name="payments", db_constraint=False, db_index=False
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    return_url = models.CharField(max_length=300, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=PaymentState, default=PaymentState.SENDING
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    code = models.CharField(_("the gateway's code"), max_length=60, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    gateway_id = models.CharField(_("the gateway's id"), max_length=100, blank=True)
    checks = models.PositiveSmallIntegerField(_("checks"), default=0)
    next_check_at = models.DateTimeField(_("next check"), null=True, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    contradicted_at = models.DateTimeField(_("paid after all"), null=True, blank=True)
    dealt_with_at = models.DateTimeField(_("dealt with"), null=True, blank=True)

    objects = CardPaymentQuerySet.as_manager()

    # Where a person confirms it, as the gateway has just said: good for a moment, never stored.
    confirm_url = ""

    class Meta:
        verbose_name = _("card payment")
        verbose_name_plural = _("card payments")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="payment_of_reseller"),
            SameReseller(field="card", name="payment_card_same_reseller"),
            models.UniqueConstraint(
                fields=["gateway_id"], name="payment_once_at_gateway", condition=~Q(gateway_id="")
            ),
            models.CheckConstraint(
                name="payment_state_known", condition=Q(state__in=PaymentState.values)
            ),
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_says_what_for", condition=~Q(key="") & ~Q(purpose="")
            ),
            models.CheckConstraint(
                name="payment_open_or_settled",
                condition=Q(state__in=OPEN, settled_at=None)
                | (~Q(state__in=OPEN) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="payment_watched_until_settled",
                condition=Q(state__in=WATCHED, next_check_at__isnull=False)
                | (~Q(state__in=WATCHED) & Q(next_check_at=None)),
            ),
            models.CheckConstraint(
                name="payment_contradicted_if_not_paid",
                condition=Q(contradicted_at=None)
                | Q(state__in=["declined", "refused", "not_sent", "abandoned"]),
            ),
            models.CheckConstraint(
                name="payment_dealt_with_if_contradicted",
                condition=Q(dealt_with_at=None) | Q(contradicted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_paid_at_gateway",
                condition=~Q(state__in=["succeeded", "confirming"]) | ~Q(gateway_id=""),
            ),
        ]
        indexes = [
            # the payments, the newest first
            models.Index(fields=["reseller", "-id"], name="payment_newest"),
            # the payments for an order or a license
            models.Index(fields=["reseller", "purpose", "about"], name="payment_about"),
            # the payments that failed; the home page counts those of a week
            models.Index(
                fields=["reseller", "created_at"],
                name="payment_failed",
                condition=Q(settled_at__isnull=False) & ~Q(state="succeeded"),
            ),
            # the schedule: the payments to ask the gateway about
            models.Index(
                fields=["next_check_at", "id"],
                name="payment_watched",
                condition=Q(next_check_at__isnull=False),
            ),
            # the staff's work: what the gateway contradicts
            models.Index(
                fields=["contradicted_at", "id"],
                name="payment_contradicted",
                condition=Q(contradicted_at__isnull=False, dealt_with_at=None),
            ),
            # whether a card may be removed; the payments not known yet
            models.Index(
                fields=["reseller", "card"],
                name="payment_open_of_card",
                condition=Q(settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.card}"

    @property
    def is_settled(self) -> bool:
        """Say whether nothing about it can change any more."""
        return self.settled_at is not None

    @property
    def is_paid(self) -> bool:
        """Say whether the money came."""
        return self.state == PaymentState.SUCCEEDED

    @property
    def is_unsent(self) -> bool:
        """Say whether nobody has begun to send it."""
        return self.state == PaymentState.SENDING and self.sent_at is None

    @property
    def has_person(self) -> bool:
        """Say whether a person was there when it was sent, who could confirm it."""
        return bool(self.return_url)
