"""Writing an export: from one snapshot, row by row, into a private file."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.csv import Lines, count_rows, header_line, write_csv
from exports.files import keep, unfinished_file
from exports.kinds import ExportKind, kind_named
from exports.models import Export
from exports.snapshots import snapshot
from reseller_portal import running
from reseller_portal.leases import kept
from reseller_portal.refusals import Refusal
from reseller_portal.running import PermanentError, TemporaryError

log = structlog.get_logger(__name__)


def write(export_id: int) -> None:
    """Write one export, if it is due and nobody else has taken it."""
    running.run_one(Export.objects.select_related("by", "reseller"), export_id, produce)


def sweep() -> int:
    """Write what is due, one export after another, for a while; returns how many were tried."""
    return running.sweep(Export.objects.select_related("by", "reseller"), produce)


def produce(export: Export) -> dict[str, object]:
    """Write the file and return what is to be known of it.

    Raises PermanentError or TemporaryError with the reason for a person, and LeaseLostError.
    """
    kind = _allowed_kind(export)
    try:
        with unfinished_file() as (path, file):
            rows = _fill(file, export, kind)
            return {"rows": rows, "total": rows, **_put_away(path, export, timezone.now())}
    except OSError as error:
        log.warning("export_not_written", export=str(export.uuid), error=error.strerror)
        raise TemporaryError(_("The file could not be written to the disk.")) from error


def _allowed_kind(export: Export) -> ExportKind:
    try:
        kind = kind_named(export.kind)
    except KeyError:
        raise TemporaryError(_("This worker does not know this kind of export.")) from None
    if not export.by.is_active or not export.by.may(kind.right):
        raise PermanentError(_("The person who asked may no longer export this."))
    return kind


def _fill(file: IO[bytes], export: Export, kind: ExportKind) -> int:
    columns = kind.columns_for(export.by)
    try:
        rows = kind.rows(export.by, export.query, export.asked_at)
    except Refusal as refusal:
        raise PermanentError(str(refusal)) from refusal
    file.write(header_line(columns))
    lines = Lines(file)
    known: dict[str, Any] = {}
    with (
        snapshot(export.reseller) as moment,
        kept(export, lambda: {"rows": lines.rows, **known}, moment.cancel),
    ):
        known["total"] = count_rows(rows, moment.cursor)
        write_csv(rows, columns, lines, moment.cursor)
    file.flush()
    os.fsync(file.fileno())
    return lines.rows


def _put_away(path: Path, export: Export, now: datetime) -> dict[str, object]:
    size = path.stat().st_size
    claim = export.claim.hex if export.claim else ""
    return {
        "file": keep(path, f"{export.uuid}-{claim}.csv"),
        "size": size,
        "finished_at": now,
        "expires_at": now + timedelta(seconds=settings.EXPORT_LIFE_SECONDS),
    }
