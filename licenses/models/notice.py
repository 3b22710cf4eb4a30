"""What a reseller is told about its licenses, and up to which day it was."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licenses.models.license import License
from licenses.notices.querysets import NoticeQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller
from resellers.querysets import ResellerQuerySet


class NoticeKind(models.TextChoices):
    """What a reseller is told about a period, once each."""

    AHEAD = "ahead", _("Renews soon")
    PAID = "paid", _("Renewed")
    FAILED = "failed", _("Renewal failed")
    ENDS_15 = "ends_15", _("Ends within 15 days")
    ENDS_7 = "ends_7", _("Ends within 7 days")
    ENDS_1 = "ends_1", _("Ends within a day")
    ENDED = "ended", _("Ended")


class Notice(models.Model):
    """That a reseller is told one thing about one period: the record, once.

    `on` is the reseller's calendar day on which there was something to tell; `told_on` that of the
    gathered mail, empty until it is queued. `period` is the number of the period that it is about:
    the one to be paid for what renews, the one that ends for what does not.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    license = models.ForeignKey(
        License, models.PROTECT, related_name="notices", db_constraint=False, db_index=False
    )
    period = models.PositiveSmallIntegerField(_("number of the period"))
    kind = models.CharField(_("kind"), max_length=10, choices=NoticeKind)
    on = models.DateField(_("day"))
    told_on = models.DateField(_("told on"), null=True, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-id",)
        constraints = [
            SameReseller(field="license", name="notice_license_same_reseller"),
            models.UniqueConstraint(fields=["license", "period", "kind"], name="notice_once"),
            models.CheckConstraint(
                name="notice_kind_known", condition=Q(kind__in=NoticeKind.values)
            ),
        ]
        indexes = [
            # the mail of a kind and a day; the list of notices
            models.Index(fields=["reseller", "told_on", "kind", "id"], name="notice_of_mail"),
            # the schedule: whom something is to be told at once; a round
            models.Index(
                fields=["kind", "reseller"], name="notice_untold", condition=Q(told_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_kind_display()}"


class NoticeRound(models.Model):
    """How far a reseller was told: the row that is locked to gather and to tell.

    `held_on` is the reseller's calendar day of the last round. `not_covered_since` is the day on
    which the renewals ahead began to exceed what can be spent, empty while they do not.
    """

    reseller = models.OneToOneField(
        Reseller, models.PROTECT, primary_key=True, related_name="notice_round"
    )
    held_on = models.DateField(_("held on"), null=True, blank=True)
    not_covered_since = models.DateField(_("not covered since"), null=True, blank=True)

    objects = ResellerQuerySet["NoticeRound"].as_manager()

    class Meta:
        verbose_name = _("round of notices")
        verbose_name_plural = _("rounds of notices")

    def __str__(self) -> str:
        return str(self.reseller)
