"""The links that let a person in: made when a mail is written, and kept nowhere."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse
from django.utils.http import int_to_base36

from people.models import Invitation
from resellers.models import User

signer = Signer(salt="people.invitation")


def reset_link(user: User) -> str:
    """Return an absolute link that lets the person choose a new password, once.

    It works for PASSWORD_RESET_TIMEOUT seconds, until the password or the address changes, or the
    person signs in.
    """
    key = {"uidb36": int_to_base36(user.pk), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


def invitation_link(invitation: Invitation) -> str:
    """Return the absolute link that accepts an invitation as it was last issued."""
    token = signer.sign_object([invitation.pk, invitation.issue], compress=False)
    return settings.SITE_URL + reverse("invitation", args=[token])


def invitation_named(token: str) -> Invitation:
    """Return the invitation that a link names, as last issued. Raises Http404 for any other."""
    try:
        pk, issue = signer.unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    invitation = Invitation.objects.select_related("reseller").filter(pk=pk, issue=issue).first()
    if invitation is None:
        raise Http404
    return invitation
