"""Keeping files and rows of exports together: what had its time, and what lost the other."""

from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings

from exports.files import UNFINISHED, storage
from exports.models import Export

log = structlog.get_logger(__name__)


def clean_up(now: datetime) -> None:
    """Remove what is no longer needed; rows stay."""
    expired = remove_expired(now)
    long_ago = now - timedelta(seconds=settings.EXPORT_ORPHAN_SECONDS)
    orphans = remove_orphans(long_ago) + remove_unfinished(long_ago)
    missing = forget_missing(now)
    log.info("exports_cleaned_up", expired=expired, orphans=orphans, missing=missing)


def remove_expired(now: datetime) -> int:
    """Remove the files whose 24 hours are over; returns how many."""
    expired = Export.objects.expired(now)
    for export in expired:
        storage().delete(export.file)
        Export.objects.filter(pk=export.pk, file=export.file).update(file="")
    return len(expired)


def forget_missing(now: datetime) -> int:
    """Call those expired whose files are gone: the disk was lost, or the row is from a backup."""
    files = storage()
    named = Export.objects.exclude(file="").filter(expires_at__gt=now)
    missing = [file for file in named.values_list("file", flat=True) if not files.exists(file)]
    return Export.objects.filter(file__in=missing).update(file="")


def remove_orphans(before: datetime) -> int:
    """Remove finished files that no row names: their worker had lost the job, or died."""
    files = storage()
    if not files.exists(""):
        return 0
    named = set(Export.objects.exclude(file="").values_list("file", flat=True))
    finished = {name for name in files.listdir("")[1] if not name.startswith(UNFINISHED)}
    orphans = [name for name in finished - named if files.get_modified_time(name) < before]
    for name in orphans:
        files.delete(name)
    return len(orphans)


def remove_unfinished(before: datetime) -> int:
    """Remove what workers that died had begun to write."""
    begun = list(Path(settings.EXPORTS_FOLDER).glob(f"{UNFINISHED}*"))
    abandoned = [path for path in begun if path.stat().st_mtime < before.timestamp()]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)
