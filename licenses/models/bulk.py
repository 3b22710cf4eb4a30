"""One change for many licenses: the job, and what became of each license."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Card, CardPayment
from licenses.bulk.querysets import BulkChangeQuerySet, BulkItemQuerySet
from licenses.models.license import License
from licenses.models.renewal import Renewal, Source
from reseller_portal.constraints import SameReseller
from reseller_portal.jobs import Job, JobState
from resellers.models import Reseller, User


class BulkVerb(models.TextChoices):
    """What is done with each license."""

    TURN_ON = "turn_on", _("Turn auto-renew on")
    TURN_OFF = "turn_off", _("Turn auto-renew off")
    RENEW = "renew", _("Renew")


class ListName(models.TextChoices):
    """From which list the licenses were chosen."""

    LICENSE_KEYS = "license_keys", _("License keys")
    ACTIVATIONS = "activations", _("Customer Activations")
    RENEWALS = "renewals", _("Renewals")


class BulkOutcome(models.TextChoices):
    """What became of one license."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    SAME = "same", _("So already")
    REFUSED = "refused", _("Refused")
    CHECKING = "checking", _("Checking payment")
    CONFIRMING = "confirming", _("To be confirmed")


class BulkState(models.TextChoices):
    """A job's states in the words of bulk changes."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STUCK = "stuck", _("Stuck")


class BulkChange(Job):
    """A change of many licenses that a person confirmed at `asked_at`, done by a worker.

    Which licenses, and what each costs, was fixed then: they are its items. `key` is the one-time
    key of the confirmation. `amount` is the sum that was confirmed, net, in the reseller's
    currency, and `card` the one that was to pay a part of it; `done` of `total` items are settled.
    """

    state = models.CharField(
        _("state"), max_length=10, choices=BulkState, default=BulkState.QUEUED, editable=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, related_name="bulk_changes", db_index=False
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="bulk_changes", db_constraint=False, db_index=False
    )
    verb = models.CharField(_("change"), max_length=10, choices=BulkVerb)
    chosen_from = models.CharField(_("chosen from"), max_length=20, choices=ListName)
    is_all = models.BooleanField(_("all that matched"), default=False)
    key = models.UUIDField(editable=False)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    card = models.ForeignKey(
        Card,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    total = models.PositiveIntegerField(_("licenses"))
    done = models.PositiveIntegerField(_("licenses settled"), default=0)
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ("-asked_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Job.Meta.constraints,
            SameReseller(field="by", name="bulkchange_by_same_reseller"),
            SameReseller(field="card", name="bulkchange_card_same_reseller"),
            models.UniqueConstraint(fields=["reseller", "id"], name="bulkchange_of_reseller"),
            models.UniqueConstraint(fields=["by", "key"], name="bulkchange_once"),
            models.CheckConstraint(
                name="bulkchange_verb_known", condition=Q(verb__in=BulkVerb.values)
            ),
            models.CheckConstraint(
                name="bulkchange_done_of_total", condition=Q(done__lte=F("total"))
            ),
            models.CheckConstraint(
                name="bulkchange_done_as_a_whole",
                condition=~Q(state="done") | Q(done=F("total"), finished_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Job.Meta.indexes,
            # the bulk changes, the newest first
            models.Index(fields=["reseller", "-asked_at", "-id"], name="bulkchange_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}, {self.uuid}"

    @property
    def is_running(self) -> bool:
        """Say whether a worker is at it just now."""
        return self.state == JobState.RUNNING


class BulkItem(models.Model):
    """One license of a bulk change, in its `place`, with what became of it.

    `number` is the period that is renewed, `amount` what the person saw that it costs, net, and
    `confirmed_source` what pays it alone, empty if nothing would; `source` is what did, or is asked
    to, and `renewal` the record of it. What is `checking` comes to what its card `payment` does.
    `reason` is a sentence for the person where it was not done.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    change = models.ForeignKey(
        BulkChange, models.PROTECT, related_name="items", db_constraint=False, db_index=False
    )
    license = models.ForeignKey(
        License, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    place = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField(_("number of the period"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    confirmed_source = models.CharField(
        _("to be paid by"), max_length=10, choices=Source, blank=True
    )
    outcome = models.CharField(
        _("result"), max_length=10, choices=BulkOutcome, default=BulkOutcome.WAITING
    )
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("paid by"), max_length=10, choices=Source, blank=True)
    renewal = models.ForeignKey(
        Renewal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    payment = models.ForeignKey(
        CardPayment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    objects = BulkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("license of a bulk change")
        verbose_name_plural = _("licenses of bulk changes")
        ordering = ("change", "place")
        constraints = [
            SameReseller(field="change", name="bulkitem_change_same_reseller"),
            SameReseller(field="license", name="bulkitem_license_same_reseller"),
            SameReseller(field="renewal", name="bulkitem_renewal_same_reseller"),
            SameReseller(field="payment", name="bulkitem_payment_same_reseller"),
            models.UniqueConstraint(fields=["change", "place"], name="bulkitem_place_once"),
            models.UniqueConstraint(fields=["change", "license"], name="bulkitem_license_once"),
            models.CheckConstraint(
                name="bulkitem_outcome_known", condition=Q(outcome__in=BulkOutcome.values)
            ),
            models.CheckConstraint(
                name="bulkitem_paid_as_confirmed",
                condition=Q(source="") | Q(source=F("confirmed_source")),
            ),
            models.CheckConstraint(
                name="bulkitem_checking_follows_payment",
                condition=~Q(outcome="checking") | Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                name="bulkitem_refused_says_why", condition=~Q(outcome="refused") | ~Q(reason="")
            ),
        ]
        indexes = [
            # a worker: the next licenses of a change
            models.Index(
                fields=["change", "place"],
                name="bulkitem_waiting",
                condition=Q(outcome="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.license}, {self.get_outcome_display()}"
