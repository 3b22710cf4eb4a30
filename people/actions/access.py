"""Letting a person in, or out."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from people.changes import SignInChange
from people.steps import (
    about_user,
    end_sessions,
    lock_colleague,
    note_sign_in_change,
    refuse_last_admin,
)
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Role
from resellers.steps import record


@transaction.atomic(durable=True)
def disable_user(user_id: int, *, actor: User) -> User:
    """Close an account: no sign-in any more, and every session ends at once, for good.

    Raises Refusal for oneself, so that an admin is left, if it is closed already, and for
    colleagues as `lock_colleague` does.
    """
    user = lock_colleague(user_id, actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot disable yourself. Ask a colleague."))
    if not user.is_active:
        raise Refusal(_("This person is disabled already."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    record("user.disabled", about_user(user), reseller=user.reseller, actor=actor)
    return user


@transaction.atomic(durable=True)
def enable_user(user_id: int, *, actor: User) -> User:
    """Open an account again, with its old password. Raises Refusal if it is open."""
    user = lock_colleague(user_id, actor)
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
    user = lock_colleague(user_id, actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot remove your own second factor. Ask a colleague."))
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refusal(_("This person has no second factor."))
    end_sessions(user)
    note_sign_in_change(user, SignInChange.SECOND_FACTOR_OFF, actor=actor, now=now)
    return user


@transaction.atomic(durable=True)
def change_role(user_id: int, role: str, *, actor: User) -> User:
    """Give a person another role, from their next click on.

    Raises Refusal as `lock_colleague` does, and for the last active admin.
    """
    user = lock_colleague(user_id, actor)
    was, new = user.role, Role(role)
    if was == new:
        return user
    if was == Role.ADMIN:
        refuse_last_admin(user)
    user.role = new
    user.save(update_fields=["role"])
    about = about_user(user)
    record("user.role_changed", about, reseller=user.reseller, actor=actor, was=was, role=new)
    return user
