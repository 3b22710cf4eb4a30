"""What the actions of this app share; called with the locks held, within their transaction."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mailing.steps import queue_mail
from people.changes import SignInChange
from people.models import LASTS, Device, Invitation
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.roles import Role
from resellers.steps import lock_team, record


def about_user(user: User) -> str:
    """Return how audit events and mails name a person."""
    return f"user:{user.pk}"


def about_reseller(reseller: Reseller) -> str:
    """Return how audit events and mails name a company."""
    return f"reseller:{reseller.pk}"


def about_invitation(invitation: Invitation) -> str:
    """Return how audit events and mails name an invitation."""
    return f"invitation:{invitation.pk}"


def issue_invitation(
    reseller: Reseller, *, email: str, name: str, role: str, actor: User, now: datetime
) -> Invitation:
    """Invite a person by mail. Raises Refusal if the address is somebody's already, or invited."""
    refuse_known_address(email.lower(), reseller, actor, now)
    invitation = Invitation(
        reseller=reseller,
        email=email.lower(),
        name=name,
        role=Role(role),
        invited_by=actor,
        invited_at=now,
        expires_at=now + LASTS,
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:
        raise invited_already() from None
    mail_invitation(invitation, actor=actor, now=now)
    record_invitation("invitation.sent", invitation, actor)
    return invitation


def refuse_known_address(email: str, reseller: Reseller, actor: User, now: datetime) -> None:
    """Raise Refusal if the address belongs to a person or waits for an answer, as far as the actor
    may know: people of a reseller learn nothing of other companies, vendor staff of all.

    An invitation that has run out makes way.
    """
    people = User.objects.filter(email=email)
    unanswered = Invitation.objects.unanswered().filter(email=email)
    if not actor.is_staff:
        people, unanswered = people.filter(reseller=reseller), unanswered.filter(reseller=reseller)
    if people.exists():
        raise Refusal(
            _("A person with this e-mail address has an account already. Use another address."),
            field="email",
        )
    unanswered.filter(expires_at__lte=now).update(withdrawn_at=now)
    if unanswered.exists():
        raise invited_already()


def invited_already() -> Refusal:
    """Return the refusal of a second invitation for one address."""
    return Refusal(
        _("This person is invited already. Open that invitation to send it again."), field="email"
    )


def mail_invitation(invitation: Invitation, *, actor: User, now: datetime) -> None:
    """Queue the mail of an invitation, once for each time it is issued."""
    queue_mail(
        "invitation",
        key=f"invitation/{invitation.pk}/{invitation.issue}",
        to=invitation.email,
        about=about_invitation(invitation),
        reseller=invitation.reseller,
        actor=actor,
        params={"invitation": invitation.pk, "issue": invitation.issue},
        now=now,
    )


def record_invitation(verb: str, invitation: Invitation, actor: User) -> None:
    """Write what was done with an invitation."""
    record(
        verb,
        about_invitation(invitation),
        reseller=invitation.reseller,
        actor=actor,
        email=invitation.email,
        role=invitation.role,
    )


def note_sign_in_change(user: User, change: SignInChange, *, actor: User, now: datetime) -> None:
    """Write down a change to how a person signs in, and tell them."""
    record(f"user.{change}", about_user(user), reseller=user.reseller, actor=actor)
    queue_mail(
        "sign_in_changed",
        key=f"sign-in-changed/{uuid4()}",
        to=user.email,
        about=about_user(user),
        reseller=user.reseller,
        actor=actor,
        params={"change": change},
        now=now,
    )


def lock_company(reseller_id: int, actor: User) -> Reseller:
    """Lock a company to which the actor may invite people: their own; for vendor staff, any.

    Raises Refusal as `lock_team` does, and Reseller.DoesNotExist for a stranger's.
    """
    companies = Reseller.objects.all()
    if not actor.is_staff:
        companies = companies.filter(pk=lock_team(actor).pk)
    return companies.select_for_update(no_key=True).get(pk=reseller_id)


def lock_colleague(user_id: int, actor: User) -> User:
    """Lock a person of the actor's company with the company; for vendor staff, anybody.

    Raises Refusal as `lock_team` does, and User.DoesNotExist for a stranger.
    """
    people = User.objects.select_for_update(no_key=True, of=("self",)).select_related("reseller")
    if not actor.is_staff:
        people = people.filter(reseller=lock_team(actor))
    return people.get(pk=user_id)


def refuse_last_admin(user: User) -> None:
    """Raise Refusal if the person is the company's last active admin; the company is locked."""
    admins = User.objects.filter(reseller=user.reseller, role=Role.ADMIN, is_active=True)
    if user.is_active and user.role == Role.ADMIN and not admins.exclude(pk=user.pk).exists():
        raise Refusal(
            _("%(name)s is the last active admin. Make somebody else an admin first.")
            % {"name": user.name}
        )


def end_sessions(user: User) -> None:
    """End every session of a locked person, at once and for good."""
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    Device.objects.filter(user=user).end()
