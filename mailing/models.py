"""The outbox: one row for each mail, sent or not."""

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _g, gettext_lazy as _

from mailing.kinds import label_of
from mailing.querysets import MailQuerySet
from mailing.texts.declared import BODY_LENGTH, SUBJECT_LENGTH
from reseller_portal.jobs import GIVEN_UP, Job
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet
from resellers.roles import Role

ERASED = "@erased.invalid"  # where an address ends that stands in place of an erased one


class MailState(models.TextChoices):
    """A job's states in the words of mail."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Sending")
    DONE = "done", _("Sent")
    FAILED = "failed", _("Failed")
    STUCK = "stuck", _("Stuck")
    DROPPED = "dropped", _("Not sent")


def shown_address(address: str) -> str:
    """Return an address as people read it."""
    return _g("an erased address") if address.endswith(ERASED) else address


def usual_roles() -> list[str]:
    """Return who is told unless a company chose otherwise: those who can act on it."""
    return [Role.ADMIN, Role.AGENT]


class Audience(models.Model):
    """Whom a company's mails of one kind go to: everybody of some roles, and some people besides.

    `people` are keys of users; only those of the same company who may sign in are ever told.
    """

    reseller = models.ForeignKey(Reseller, models.CASCADE, related_name="audiences", db_index=False)
    kind = models.CharField(_("kind"), max_length=50)
    roles = ArrayField(models.CharField(max_length=10, choices=Role), default=usual_roles)
    people = ArrayField(models.BigIntegerField(), default=list)

    objects = ResellerQuerySet["Audience"].as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [models.UniqueConstraint(fields=["reseller", "kind"], name="audience_once")]

    def __str__(self) -> str:
        return label_of(self.kind)


class EmailText(models.Model):
    """What a company says in one kind of mail, instead of the standard text.

    `edition` is another one after each change: who changes a text names the one that they saw.
    """

    reseller = models.ForeignKey(
        Reseller, models.CASCADE, related_name="email_texts", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=50)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH)
    body = models.CharField(_("text"), max_length=BODY_LENGTH)
    edition = models.UUIDField(default=uuid4, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField(_("changed at"))

    objects = ResellerQuerySet["EmailText"].as_manager()

    class Meta:
        verbose_name = _("e-mail text")
        verbose_name_plural = _("e-mail texts")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "kind"], name="email_text_once"),
            models.CheckConstraint(
                name="email_text_says_something",
                condition=~models.Q(subject="") & ~models.Q(body=""),
            ),
            models.CheckConstraint(
                name="email_subject_is_one_line",
                condition=~models.Q(subject__regex=r"[\x01-\x1f\x7f]"),
            ),
        ]

    def __str__(self) -> str:
        return self.kind_label

    @property
    def kind_label(self) -> str:
        """Return the kind of mail as people read it."""
        return label_of(self.kind)


class Mail(Job):
    """A mail to one address, rendered anew at each attempt; what was sent is not kept.

    `key` makes it one mail however often it is asked for. `about` is the public id of its subject
    (order number, license UUID). `params` are JSON values that its kind needs besides; codes, links
    and tokens are never among them. `actor` is who asked for it, if a person did. One that was
    given up can be set aside: nobody has to look at it any more, and it can be tried again.
    """

    state = models.CharField(
        _("state"), max_length=10, choices=MailState, default=MailState.QUEUED, editable=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, blank=True, related_name="mails", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=50)
    key = models.CharField(_("key"), max_length=200, unique=True)
    about = models.CharField(_("about"), max_length=64)
    to = models.EmailField(_("to"), max_length=254)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    queued_at = models.DateTimeField(_("queued at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True, blank=True, editable=False)
    set_aside_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("set aside by"),
    )

    objects = MailQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-queued_at", "-id")
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                name="mail_sent_when_done",
                condition=models.Q(state="done", sent_at__isnull=False)
                | (~models.Q(state="done") & models.Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="mail_set_aside_when_given_up",
                condition=models.Q(set_aside_at=None, set_aside_by=None)
                | models.Q(
                    state__in=["failed", "stuck"],
                    set_aside_at__isnull=False,
                    set_aside_by__isnull=False,
                ),
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            # what was sent about an order or a license, the newest first
            models.Index(fields=["reseller", "about", "-queued_at", "-id"], name="mail_about"),
            # the mail log
            models.Index(fields=["reseller", "-queued_at", "-id"], name="mail_newest"),
            # the mail log by the beginning of an address
            models.Index(
                "reseller", OpClass(Lower("to"), "text_pattern_ops"), name="mail_to_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    def requeue(self, now: datetime) -> bool:
        """Start a mail that was given up from the beginning; it is set aside no more."""
        self._row().filter(state__in=GIVEN_UP).update(set_aside_at=None, set_aside_by=None)
        self.set_aside_at = self.set_aside_by = None
        return super().requeue(now)

    @property
    def shown_to(self) -> str:
        """Return where it goes, as people read it."""
        return shown_address(self.to)

    @property
    def kind_label(self) -> str:
        """Return the kind as people read it."""
        return label_of(self.kind)
