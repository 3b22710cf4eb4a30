"""Files of exports do not outlive their day."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from exports import cleaning
from exports.models import Export
from resellers.models import User

Ask = Callable[..., Export]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def left(folder: Path) -> set[str]:
    """Return the names of the files."""
    return {path.name for path in folder.iterdir()}


def old(path: Path) -> Path:
    """Let a file have been written two hours ago."""
    path.touch()
    moment = (timezone.now() - 2 * HOUR).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_file_is_kept_for_a_day(ann: User, written: Ask, exports_folder: Path) -> None:
    export, now = written(ann), timezone.now()
    assert export.expires_at is not None
    assert timedelta(0) < export.expires_at - (now + DAY - HOUR) <= HOUR
    cleaning.clean_up(now + DAY - HOUR)
    assert left(exports_folder) == {export.file}


def test_after_a_day_the_file_is_removed_and_the_row_stays(
    ann: User, written: Ask, exports_folder: Path
) -> None:
    export = written(ann)
    later = timezone.now() + DAY + HOUR
    cleaning.clean_up(later)
    export.refresh_from_db()
    assert left(exports_folder) == set()
    assert (export.state, export.file) == ("done", "")
    assert export.is_expired(later)


def test_files_without_a_row_are_removed_when_no_worker_can_still_hold_them(
    ann: User, written: Ask, exports_folder: Path
) -> None:
    export = written(ann)
    old(exports_folder / export.file)
    old(exports_folder / "orphan.csv"), old(exports_folder / ".unfinished-abandoned")
    (exports_folder / "just-put-away.csv").touch()
    (exports_folder / ".unfinished-running").touch()
    cleaning.clean_up(timezone.now())
    assert left(exports_folder) == {export.file, "just-put-away.csv", ".unfinished-running"}


def test_a_folder_that_was_never_made_is_clean(db: None, exports_folder: Path) -> None:
    cleaning.clean_up(timezone.now())
    assert not exports_folder.exists()


def test_an_export_whose_file_is_gone_has_expired(
    ann: User, written: Ask, exports_folder: Path
) -> None:
    kept, lost = written(ann), written(ann, "license-keys")
    (exports_folder / lost.file).unlink()
    cleaning.clean_up(now := timezone.now())
    for export in (kept, lost):
        export.refresh_from_db()
    assert (kept.is_expired(now), lost.is_expired(now)) == (False, True)
