"""Letting a person in, or out."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from people.changes import SignInChange
from people.steps import about_user, note_sign_in_change
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def disable_user(user_id: int, *, actor: User) -> User:
    """Close an account: no sign-in any more, and every session ends at once, for good.

    Raises Refusal for oneself, and if it is closed already.
    """
    user = _locked(user_id)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot disable yourself. Ask a colleague."))
    if not user.is_active:
        raise Refusal(_("This person is disabled already."))
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    record("user.disabled", about_user(user), reseller=user.reseller, actor=actor)
    return user


@transaction.atomic(durable=True)
def enable_user(user_id: int, *, actor: User) -> User:
    """Open an account again, with its old password. Raises Refusal if it is open."""
    user = _locked(user_id)
    if user.is_active:
        raise Refusal(_("This person may sign in already."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("user.enabled", about_user(user), reseller=user.reseller, actor=actor)
    return user


@transaction.atomic(durable=True)
def remove_second_factor(user_id: int, *, actor: User, now: datetime) -> User:
    """Forget a lost authenticator app and its recovery codes, and end every session.

    The person is told by mail. Raises Refusal if there is none, and for oneself.
    """
    user = _locked(user_id)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot remove your own second factor. Ask a colleague."))
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refusal(_("This person has no second factor."))
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    note_sign_in_change(user, SignInChange.SECOND_FACTOR_OFF, actor=actor, now=now)
    return user


def _locked(user_id: int) -> User:
    people = User.objects.select_for_update(no_key=True, of=("self",))
    return people.select_related("reseller").get(pk=user_id)
