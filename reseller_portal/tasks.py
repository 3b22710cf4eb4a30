"""Keeping Django's own tables small."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone


@shared_task(name="reseller_portal.clear_sessions")
def clear_sessions() -> None:
    """Remove the sessions that have ended by time."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task(name="reseller_portal.clear_cache")
def clear_cache() -> None:
    """Remove the cache rows whose time is over; Django does so only when the table is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [timezone.now()])  # noqa: S608
