"""The period that is to be paid next, the tries at it, and who was told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licenses.models.license import License
from licenses.renewals import RenewalQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet


class RenewalState(models.TextChoices):
    """What became of a period that is to be paid."""

    WAITING = "waiting", _("Waiting")
    CHECKING = "checking", _("Checking payment")
    PAID = "paid", _("Paid")
    ENDED = "ended", _("Not renewed")


class Source(models.TextChoices):
    """Where the money of a renewal comes from."""

    BALANCE = "balance", _("CSS balance")
    CARD = "card", _("Credit card")


class AttemptOutcome(models.TextChoices):
    """What one try came to."""

    PAID = "paid", _("Paid")
    NOT_COVERED = "not_covered", _("Not covered")
    NO_PRICE = "no_price", _("No price")
    DECLINED = "declined", _("Declined")
    REFUSED = "refused", _("Declined for good")
    NEEDS_AUTHENTICATION = "needs_authentication", _("Needs confirmation")
    NOT_SENT = "not_sent", _("Not sent")
    UNKNOWN = "unknown", _("Not known yet")


class Renewal(models.Model):
    """One period of one license to be paid: at most once, whatever runs twice.

    It is made by the first try (or when auto-renew is turned on after the day of the first), and
    changed under its license's lock only. `next_attempt_on` is a day of the reseller's calendar,
    empty unless it waits; only what renews by itself waits. `checking` is a card payment under way:
    nothing else may pay meanwhile. One that has `ended` is tried no more by itself, but may still
    be paid by hand while there is grace. `amount` is net, in the order's currency, and known once
    it is paid, as are `source` and `settled_at`. Without an actor it was the engine.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    license = models.ForeignKey(
        License, models.PROTECT, related_name="renewals", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number of the period"))
    state = models.CharField(_("state"), max_length=10, choices=RenewalState)
    next_attempt_on = models.DateField(_("next attempt"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("paid by"), max_length=10, choices=Source, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        ordering = ("-id",)
        constraints = [
            SameReseller(field="license", name="renewal_license_same_reseller"),
            models.UniqueConstraint(fields=["reseller", "id"], name="renewal_of_reseller"),
            models.UniqueConstraint(fields=["license", "number"], name="renewal_once"),
            models.CheckConstraint(name="renewal_after_first", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="renewal_state_known", condition=Q(state__in=RenewalState.values)
            ),
            models.CheckConstraint(
                name="renewal_waits_for_a_day",
                condition=Q(state="waiting", next_attempt_on__isnull=False)
                | (~Q(state="waiting") & Q(next_attempt_on=None)),
            ),
            models.CheckConstraint(
                name="renewal_paid_as_a_whole",
                condition=Q(
                    state="paid",
                    amount__gte=0,
                    source__in=Source.values,
                    settled_at__isnull=False,
                )
                | (~Q(state="paid") & Q(amount=None, source="")),
            ),
        ]
        indexes = [
            # a pass: what is due by a day (renewing/due.py, renewing/charging.py)
            models.Index(
                fields=["reseller", "next_attempt_on", "id"],
                name="renewal_waiting",
                condition=Q(state="waiting"),
            ),
            # the renewals ahead, the home page: of each license, the renewal that is not settled;
            # a pass: what a card is being asked about
            models.Index(
                fields=["reseller", "license"],
                name="renewal_open",
                condition=Q(state__in=["waiting", "checking"]),
            ),
            # staff: a reseller's renewals, the newest first
            models.Index(fields=["reseller", "-id"], name="renewal_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.license}, {self.number}"


class RenewalAttempt(models.Model):
    """One try at paying a renewal: on which of the reseller's days, from what, and what came of it.

    `reason` is a sentence for the reseller, empty for one that paid. Without an actor it was the
    engine.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    renewal = models.ForeignKey(
        Renewal, models.PROTECT, related_name="attempts", db_constraint=False, db_index=False
    )
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    outcome = models.CharField(_("outcome"), max_length=20, choices=AttemptOutcome)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ResellerQuerySet["RenewalAttempt"].as_manager()

    class Meta:
        verbose_name = _("renewal attempt")
        verbose_name_plural = _("renewal attempts")
        ordering = ("-at", "-id")
        constraints = [
            SameReseller(field="renewal", name="attempt_renewal_same_reseller"),
            models.CheckConstraint(
                name="attempt_outcome_known", condition=Q(outcome__in=AttemptOutcome.values)
            ),
            models.CheckConstraint(
                name="attempt_source_known", condition=Q(source__in=Source.values)
            ),
            models.UniqueConstraint(
                fields=["renewal"], name="renewal_paid_once", condition=Q(outcome="paid")
            ),
        ]
        indexes = [
            models.Index(fields=["reseller", "renewal", "-at"], name="attempt_of_renewal"),
            # a history shows what the balance did not simply pay: few among many
            models.Index(
                fields=["renewal", "-at"],
                name="attempt_to_tell",
                condition=~Q(outcome="paid", source="balance"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_outcome_display()}"

    @property
    def is_under_way(self) -> bool:
        """Say whether it is not known yet what came of it."""
        return self.outcome == AttemptOutcome.UNKNOWN
