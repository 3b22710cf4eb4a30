"""Deleting mails that nobody will ask about: anybody may have one queued for any address."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings

from mailing.models import Mail

log = structlog.get_logger(__name__)


def clean_up(now: datetime) -> None:
    """Delete the mails of no reseller that are settled and older than 7 days."""
    before = now - timedelta(seconds=settings.MAIL_OF_NOBODY_LIFE_SECONDS)
    deleted, _tables = Mail.objects.of_nobody(before).delete()
    log.info("mails_cleaned_up", deleted=deleted)
