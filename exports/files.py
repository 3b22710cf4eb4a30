"""The private files of exports: written under a passing name, then put into the storage at once."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

if TYPE_CHECKING:
    BytesFile = File[bytes]
else:
    BytesFile = File

UNFINISHED = ".unfinished-"


class Finished(BytesFile):
    """A file that a storage on the same disk may take over by renaming it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"))
        self._path = path

    def temporary_file_path(self) -> str:
        """Return where it lies (Django's storages look for this method)."""
        return str(self._path)


def storage() -> Storage:
    """Return the storage of finished exports; web and worker share it."""
    return storages["exports"]


@contextmanager
def unfinished_file() -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a new file that nobody else can read; it is gone after the block unless it was kept."""
    folder = Path(settings.EXPORTS_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=UNFINISHED, delete=False) as file:
        path = Path(file.name)
        try:
            yield path, file
        finally:
            path.unlink(missing_ok=True)


def keep(path: Path, name: str) -> str:
    """Move a written file into the storage; returns the name that it got there."""
    with Finished(path) as file:
        return storage().save(name, file)
