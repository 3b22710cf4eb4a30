"""An export: the job, and what is known of its file."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.kinds import label_of
from exports.querysets import ExportQuerySet
from reseller_portal.constraints import SameReseller
from reseller_portal.jobs import UNFINISHED, Job, JobState
from resellers.models import Reseller, User


class ExportState(models.TextChoices):
    """A job's states in the words of exports."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    STUCK = "stuck", _("Stuck")


class Export(Job):
    """A CSV of a list as a person saw it at `asked_at`; `query` is that list's, URL-encoded.

    `total` is the number of rows in the snapshot, `rows` how many are written so far, `size` the
    file's bytes. `file` is its name in the storage of exports, empty before it is ready and again
    when it is gone. A query may hold an activation code: it is shown to nobody but `by`; `covers`
    says the same in words, without it.
    """

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ExportState,
        default=ExportState.QUEUED,
        editable=False,
    )
    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="exports", db_index=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="exports", db_constraint=False, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=50)
    query = models.TextField(_("query"), blank=True)
    covers = models.TextField(_("what it covers"), blank=True)
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    total = models.PositiveBigIntegerField(_("rows in all"), null=True, blank=True)
    rows = models.PositiveBigIntegerField(_("rows written"), default=0)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    file = models.CharField(_("file"), max_length=100, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-asked_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Job.Meta.constraints,
            SameReseller(field="by", name="export_by_same_reseller"),
            models.UniqueConstraint(
                "by",
                "kind",
                MD5("query"),
                condition=Q(state__in=[str(state) for state in UNFINISHED]),
                name="export_unfinished_once",
            ),
            models.CheckConstraint(
                name="export_ready_as_a_whole",
                condition=~Q(state="done")
                | Q(size__isnull=False, finished_at__isnull=False, expires_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Job.Meta.indexes,
            # the exports, the newest first
            models.Index(fields=["reseller", "-asked_at", "-id"], name="export_newest"),
            # the schedule: files whose time is over
            models.Index(fields=["expires_at"], name="export_with_file", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def kind_label(self) -> str:
        """Return the kind as people read it."""
        return label_of(self.kind)

    @property
    def filename(self) -> str:
        """Return the name under which a person saves it: kind and local time of asking."""
        asked_at = self.asked_at.astimezone(self.reseller.zone)
        return f"{self.kind}-{asked_at:%Y-%m-%d-%H%M%S}.csv"

    def is_expired(self, now: datetime) -> bool:
        """Say whether the file has had its time, or is gone for another reason."""
        if self.state != JobState.DONE:
            return False
        return not self.file or self.expires_at is None or self.expires_at <= now

    def is_ready(self, now: datetime) -> bool:
        """Say whether there is a file to download."""
        return self.state == JobState.DONE and not self.is_expired(now)
