"""Money that goes back to the card that paid: a row that is committed before the gateway hears."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.payment import CardPayment
from billing.querysets import CardRefundQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User


class CardRefundState(models.TextChoices):
    """What became of money that was to go back."""

    WAITING = "waiting", _("On its way")
    PARKED = "parked", _("With the vendor's staff")
    SUCCEEDED = "succeeded", _("Paid back")
    OTHERWISE = "otherwise", _("Paid back otherwise")


class CardRefund(models.Model):
    """A part of a card payment, or all of it, that goes back, once for its key.

    It is money that is owed: no answer of the gateway ends it but success. `next_check_at` is when
    a worker asks (again); `checks` counts how often one did. `reason` is for staff. `tries` counts
    the requests that staff let go out under a new name, since those before were found to have done
    nothing. `is_pending` says whether the bank had it when the gateway last knew. `contradicted_at`
    is when the gateway said that money went back which is not known to have; `dealt_with_at` is
    when staff had seen to it.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(
        CardPayment, models.PROTECT, related_name="refunds", db_constraint=False
    )
    key = models.CharField(_("key"), max_length=250, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=10, choices=CardRefundState, default=CardRefundState.WAITING
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    gateway_id = models.CharField(_("the gateway's id"), max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=1, db_default=1)
    checks = models.PositiveSmallIntegerField(_("checks"), default=0)
    is_pending = models.BooleanField(_("with the bank"), default=False, db_default=False)
    next_check_at = models.DateTimeField(_("next check"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    contradicted_at = models.DateTimeField(_("back after all"), null=True, blank=True)
    dealt_with_at = models.DateTimeField(_("dealt with"), null=True, blank=True)

    objects = CardRefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund to a card")
        verbose_name_plural = _("refunds to cards")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="card_refund_of_reseller"),
            SameReseller(field="payment", name="card_refund_payment_same_reseller"),
            models.UniqueConstraint(
                fields=["gateway_id"],
                name="card_refund_once_at_gateway",
                condition=~Q(gateway_id=""),
            ),
            models.CheckConstraint(
                name="card_refund_dealt_with_if_contradicted",
                condition=Q(dealt_with_at=None) | Q(contradicted_at__isnull=False),
            ),
            models.CheckConstraint(name="card_refund_tried", condition=Q(tries__gte=1)),
            models.CheckConstraint(name="card_refund_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="card_refund_state_known", condition=Q(state__in=CardRefundState.values)
            ),
            models.CheckConstraint(
                name="card_refund_watched_until_settled",
                condition=Q(state="waiting", next_check_at__isnull=False, settled_at=None)
                | Q(state="parked", next_check_at=None, settled_at=None)
                | Q(
                    state__in=["succeeded", "otherwise"],
                    next_check_at=None,
                    settled_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            # the schedule: the refunds to ask the gateway about
            models.Index(
                fields=["next_check_at", "id"],
                name="card_refund_watched",
                condition=Q(next_check_at__isnull=False),
            ),
            # the staff's work: what the gateway contradicts
            models.Index(
                fields=["contradicted_at", "id"],
                name="card_refund_contradicted",
                condition=Q(contradicted_at__isnull=False, dealt_with_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.payment.card}"

    @property
    def request_key(self) -> str:
        """Return the key that the gateway is asked with: another one for each try."""
        return self._key_of(self.tries)

    @property
    def balance_key(self) -> str:
        """Return the key of the ledger's entry, should the money go to the balance instead."""
        return f"card-refund/{self.pk}"

    def was_asked_as(self, key: str) -> bool:
        """Say whether a key is that of one of its requests."""
        return any(self._key_of(number) == key for number in range(1, self.tries + 1))

    def _key_of(self, number: int) -> str:
        return self.key if number == 1 else f"{self.key}/{number}"
