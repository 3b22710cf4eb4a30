"""Removing files of exports: those that have had their time, and those that belong to no row."""

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
    log.info("exports_cleaned_up", expired=expired, orphans=orphans)


def remove_expired(now: datetime) -> int:
    """Remove the files whose 24 hours are over; returns how many."""
    expired = Export.objects.expired(now)
    for export in expired:
        storage().delete(export.file)
        Export.objects.filter(pk=export.pk, file=export.file).update(file="")
    return len(expired)


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
