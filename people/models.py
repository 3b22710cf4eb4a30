"""Who has been asked to join."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.agents import in_words
from people.querysets import DeviceQuerySet, InvitationQuerySet
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User
from resellers.roles import Role

LASTS = timedelta(days=7)


class InvitationState(models.TextChoices):
    """What became of an invitation."""

    OPEN = "open", _("Open")
    EXPIRED = "expired", _("Expired")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Invitation(models.Model):
    """A person who was asked to join a reseller, with the role that waits for them.

    The link is made from `issue` when the mail is written, and kept nowhere; inviting again raises
    `issue`, which ends the links of earlier mails. Who accepts becomes `user`. Two companies may
    invite the same address without learning of each other; it joins the first that it accepts.
    """

    reseller = models.ForeignKey(
        Reseller, models.PROTECT, related_name="invitations", db_index=False
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    issue = models.PositiveSmallIntegerField(default=1, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    user = models.OneToOneField(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        db_constraint=False,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-invited_at", "-id")
        constraints = [
            SameReseller(field="user", name="invitation_user_same_reseller"),
            models.UniqueConstraint(
                "reseller",
                Lower("email"),
                name="invitation_unanswered_once",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="invitation_email_lower_case", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="invitation_role_known", condition=models.Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="invitation_accepted_as_a_whole",
                condition=models.Q(accepted_at=None, user=None)
                | models.Q(accepted_at__isnull=False, user__isnull=False, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="invitation_expires_later",
                condition=models.Q(expires_at__gt=models.F("invited_at")),
            ),
        ]
        indexes = [
            # the invitations, the newest first
            models.Index(fields=["reseller", "-invited_at", "-id"], name="invitation_newest")
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def state_at(self, now: datetime) -> InvitationState:
        """Return what has become of it by `now`."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED

    def is_open(self, now: datetime) -> bool:
        """Say whether the person may still accept it."""
        return self.state_at(now) == InvitationState.OPEN

    def renew(self, now: datetime) -> None:
        """Make the invitation last anew, and end the links that went out before."""
        self.issue += 1
        self.invited_at, self.expires_at = now, now + LASTS


class Device(models.Model):
    """A browser in which a person is signed in, by the key of its session.

    A row whose session is over is of no more use, and is removed at the person's next sign-in.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    signed_in_at = models.DateTimeField(_("signed in at"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen at"), default=timezone.now)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("-seen_at", "-id")

    def __str__(self) -> str:
        return in_words(self.agent)
