"""Passwords, and what a person is told about them."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from mailing.steps import queue_mail
from people.changes import SignInChange
from people.models import Device
from people.steps import about_user, note_sign_in_change
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def ask_for_reset(email: str, *, now: datetime) -> None:
    """Queue a mail with a link to choose a new password, for whoever typed the address.

    Nobody is looked up here: the writer of the mail does it, so that the answer takes the same time
    for a known and for an unknown address.
    """
    key = f"password-reset/{uuid4()}"
    queue_mail("password_reset", key=key, to=email, about="password-reset", reseller=None, now=now)


@transaction.atomic(durable=True)
def send_reset(user_id: int, *, actor: User, now: datetime) -> None:
    """Mail a person the link to choose a new password. Raises Refusal if they are disabled."""
    user = User.objects.select_related("reseller").get(pk=user_id)
    if not user.is_active:
        raise Refusal(_("This person is disabled. Enable them first."))
    queue_mail(
        "password_reset",
        key=f"password-reset/{uuid4()}",
        to=user.email,
        about=about_user(user),
        reseller=user.reseller,
        actor=actor,
        now=now,
    )
    record("user.password_reset_sent", about_user(user), reseller=user.reseller, actor=actor)


def change_password(user: User, password: str, *, now: datetime) -> None:
    """Keep a new password, which ends the person's sessions, and tell them by mail."""
    user.set_password(password)
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        user.save(update_fields=["password"])
        Device.objects.filter(user=user).end()
        note_sign_in_change(user, SignInChange.PASSWORD, actor=user, now=now)


@transaction.atomic(durable=True)
def tell_of_change(user: User, change: SignInChange, *, now: datetime) -> None:
    """Write down a change that the person made to the second factor, and tell them by mail."""
    note_sign_in_change(user, change, actor=user, now=now)
