"""What ends a start with one sentence instead of a traceback."""

from pathlib import Path


class CannotRunError(Exception):
    """The text says what is wrong and what to do; it is printed as it is, the exit code is 1."""


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM: a wish, not an error, so no handler may catch it."""


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, indented, for a message about the program that wrote it."""
    lines = log.read_text(errors="replace").splitlines()[-count:] if log.is_file() else []
    return "".join(f"\n    {line}" for line in lines)
