"""The one folder that holds all that is written at run time."""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reseller_portal.supervisor.problems import CannotRunError

# A socket's address holds 107 bytes, of which "/postgres/.s.PGSQL.5432" takes 23.
LONGEST_SOCKET_FOLDER = 80
KEPT_LOG_BYTES = 5_000_000


class State:
    """A state folder: paths below it, secrets made once, the lock that one supervisor holds."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.env_file = self.root / "env"
        self.sockets = self.root / "run"
        if len(os.fsencode(self.sockets)) > LONGEST_SOCKET_FOLDER:
            digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
            self.sockets = Path(tempfile.gettempdir()) / f"reseller-portal-{digest}"

    @contextmanager
    def claimed(self, what: str) -> Iterator[None]:
        """Hold the folder for this process and its forks; raise CannotRunError when another does.

        `what` says who we are ("The portal at http://…"), for the message to the next one.
        """
        self._make(self.root, 0o711)  # PostgreSQL's account must be able to pass
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "Another start"
                message = f"{holder} already uses {self.root}. Stop it first (Ctrl-C there)."
                raise CannotRunError(message) from None
            lock.truncate(0)
            lock.write(f"{what} (process {os.getpid()})")
            lock.flush()
            self.forget()  # what a kill of both processes left
            for private in ("log", "mail"):  # the mails hold codes and links
                self._make(self.root / private, 0o700)
            self._make_sockets()
            try:
                yield
            finally:
                self.forget()

    def _make(self, folder: Path, mode: int) -> None:
        try:
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            folder.chmod(mode)
        except OSError as error:
            raise CannotRunError(
                f"{folder} cannot be used ({error.strerror}). It must belong to you: remove it, "
                "or name another folder in PORTAL_STATE."
            ) from None

    def _make_sockets(self) -> None:
        self._make(self.sockets, 0o711)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid != os.geteuid():
            raise CannotRunError(f"{self.sockets} belongs to somebody else; remove it first.")

    def forget(self) -> None:
        """Remove what only means something while the servers run."""
        self.env_file.unlink(missing_ok=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def log(self, name: str) -> Path:
        """Return the log of the child `name`; a log that has grown large is put aside once."""
        path = self.root / "log" / f"{name}.log"
        if path.is_file() and path.stat().st_size > KEPT_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret(self, name: str) -> str:
        """Return the secret `name`: 43 random characters, made once, readable by its owner only."""
        path = self.root / "secrets" / name
        self._make(path.parent, 0o700)
        if not path.is_file():
            write_private(path, secrets.token_urlsafe(32))
        return path.read_text()

    def write_env(self, variables: Mapping[str, str]) -> None:
        """Write the variables for `manage.py` and a shell: one NAME='value' a line, mode 0600."""
        lines = (f"{name}={_quoted(value)}\n" for name, value in variables.items())
        write_private(self.env_file, "".join(lines))


def write_private(path: Path, text: str) -> None:
    """Put `text` in place whole, or not at all, in a file of mode 0600."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)


def _quoted(value: str) -> str:
    if "\n" in value or "'" in value:
        raise CannotRunError("A value in the environment holds a line break or an apostrophe.")
    return f"'{value}'"
