"""New companies, and new people."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.steps import open_account
from people.models import Invitation
from people.querysets import InvitationQuerySet
from people.steps import (
    about_reseller,
    about_user,
    issue_invitation,
    lock_company,
    mail_invitation,
    record_invitation,
)
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.roles import Role
from resellers.steps import lock_team, record


@transaction.atomic(durable=True)
def open_reseller(
    name: str,
    currency: str,
    time_zone: str,
    admin_name: str,
    admin_email: str,
    *,
    actor: User,
    now: datetime,
) -> Reseller:
    """Open a company with its account, and invite its first admin by mail.

    Raises Refusal if the name or the address is taken, and ValidationError for a currency or a time
    zone that is unknown.
    """
    reseller = Reseller(name=name, currency=currency, time_zone=time_zone, created_at=now)
    reseller.clean_fields()
    _save_new(reseller)
    open_account(reseller)
    record(
        "reseller.opened",
        about_reseller(reseller),
        reseller=reseller,
        actor=actor,
        name=name,
        currency=currency,
        time_zone=time_zone,
    )
    issue_invitation(
        reseller, email=admin_email, name=admin_name, role=Role.ADMIN, actor=actor, now=now
    )
    return reseller


@transaction.atomic(durable=True)
def invite_person(
    reseller_id: int, email: str, name: str, role: str, *, actor: User, now: datetime
) -> Invitation:
    """Invite a person to a reseller by mail. Raises Refusal if the address is taken or invited.

    So it does for one who is no admin any more; Reseller.DoesNotExist for a stranger's company.
    Of an account or an invitation at another company the people of a reseller are told nothing: the
    owner of the address is, by the mail.
    """
    reseller = lock_company(reseller_id, actor)
    return issue_invitation(reseller, email=email, name=name, role=role, actor=actor, now=now)


@transaction.atomic(durable=True)
def invite_again(invitation_id: int, *, actor: User, now: datetime) -> Invitation:
    """Send an invitation anew: it lasts again, and the links of earlier mails are dead.

    Raises Refusal if it was accepted or withdrawn and for an actor who is no admin any more, and
    Invitation.DoesNotExist for a stranger's.
    """
    invitation = _unanswered(invitation_id, actor)
    invitation.renew(now)
    invitation.save(update_fields=["issue", "invited_at", "expires_at"])
    mail_invitation(invitation, actor=actor, now=now)
    record_invitation("invitation.sent_again", invitation, actor)
    return invitation


@transaction.atomic(durable=True)
def withdraw_invitation(invitation_id: int, *, actor: User, now: datetime) -> Invitation:
    """End an invitation and its links. Raises as `invite_again` does."""
    invitation = _unanswered(invitation_id, actor)
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    record_invitation("invitation.withdrawn", invitation, actor)
    return invitation


@transaction.atomic(durable=True)
def accept_invitation(
    invitation_id: int, issue: int, *, name: str, password: str, now: datetime
) -> User:
    """Make the invited person's account, once. Raises Refusal if the invitation has had its day."""
    invitation = _locked(Invitation.objects.all(), invitation_id)
    has_account = User.objects.filter(email=invitation.email).exists()
    if has_account or invitation.issue != issue or not invitation.is_open(now):
        raise _outdated()
    user = _join(invitation, name=name, password=password, now=now)
    invitation.accepted_at, invitation.user = now, user
    invitation.save(update_fields=["accepted_at", "user"])
    record(
        "user.joined", about_user(user), reseller=user.reseller, actor=user, role=invitation.role
    )
    return user


def _join(invitation: Invitation, *, name: str, password: str, now: datetime) -> User:
    # two companies may have invited the address: of two acceptances at once the first counts
    try:
        with transaction.atomic():
            return User.objects.create_user(
                invitation.email,
                password,
                name=name,
                reseller=invitation.reseller,
                role=invitation.role,
                created_at=now,
            )
    except IntegrityError:
        raise _outdated() from None


def _outdated() -> Refusal:
    return Refusal(_("This invitation is not valid any more. Ask for a new one."))


def _save_new(reseller: Reseller) -> None:
    taken = Refusal(_("A reseller of this name exists already. Choose another name."), field="name")
    if Reseller.objects.filter(name__iexact=reseller.name).exists():
        raise taken
    try:
        with transaction.atomic():
            reseller.save(force_insert=True)
    except IntegrityError:
        raise taken from None


def _unanswered(invitation_id: int, actor: User) -> Invitation:
    invitations = Invitation.objects.all()
    if not actor.is_staff:
        invitations = invitations.for_reseller(lock_team(actor))
    invitation = _locked(invitations, invitation_id)
    if invitation.accepted_at is not None:
        raise Refusal(_("This person has accepted the invitation already."))
    if invitation.withdrawn_at is not None:
        raise Refusal(_("This invitation was withdrawn. Invite the person anew."))
    return invitation


def _locked(invitations: InvitationQuerySet, invitation_id: int) -> Invitation:
    rows = invitations.select_for_update(no_key=True, of=("self",)).select_related("reseller")
    return rows.get(pk=invitation_id)
