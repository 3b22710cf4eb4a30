"""Where people are signed in, and signing them out there."""

from datetime import datetime

from django.db import transaction

from people.models import Device
from people.steps import about_user, end_sessions, lock_colleague
from reseller_portal.origin import address
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def note_device(user: User, key: str, before: str, *, agent: str, now: datetime) -> None:
    """Remember that a person was here just now, in the session of this key.

    `before` is the key that the same session had when it was last noted; empty after a sign-in.
    """
    devices = Device.objects.filter(user=user)
    over = devices.exclude(pk__in=devices.live(now).values("pk")).exclude(session_key=before)
    over.delete()
    known = devices.filter(session_key=before or key)
    facts = {"session_key": key, "address": address.get(), "agent": agent[:300], "seen_at": now}
    if not known.update(**facts):
        Device.objects.create(user=user, signed_in_at=now, **facts)


@transaction.atomic(durable=True)
def end_device(device_id: int, *, actor: User) -> Device:
    """Sign one of the actor's own browsers out. Raises Device.DoesNotExist for anybody else's."""
    devices = Device.objects.filter(user=actor)
    device = devices.select_for_update(no_key=True).get(pk=device_id)
    devices.filter(pk=device_id).end()
    record("user.session_ended", about_user(actor), reseller=actor.reseller, actor=actor)
    return device


@transaction.atomic(durable=True)
def end_other_devices(key: str, *, actor: User) -> User:
    """Sign the actor out everywhere but in the session of this key, whose hash is to be renewed.

    The person's epoch ends every other session, also one that was never noted.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    Device.objects.filter(user=user).exclude(session_key=key).end()
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    record("user.other_sessions_ended", about_user(user), reseller=actor.reseller, actor=actor)
    return user


@transaction.atomic(durable=True)
def end_sessions_of(user_id: int, *, actor: User) -> User:
    """Sign a colleague out everywhere, at once. Raises Refusal as `lock_colleague` does."""
    user = lock_colleague(user_id, actor)
    end_sessions(user)
    record("user.sessions_ended", about_user(user), reseller=user.reseller, actor=actor)
    return user
