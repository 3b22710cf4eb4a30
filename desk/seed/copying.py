"""Rows into a table through COPY, as a stream."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.backends.utils import CursorWrapper

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(
    cursor: CursorWrapper, table: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]
) -> None:
    """Copy rows into a table without ever holding more than a piece of them."""
    names = ", ".join(columns)
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _Stream(rows))


class _Stream:
    """What COPY reads: rows as lines, made when they are asked for."""

    def __init__(self, rows: Iterable[Iterable[Any]]) -> None:
        self._lines: Iterator[str] = map(_line, rows)
        self._left = b""

    def read(self, size: int = 8192) -> bytes:
        """Return at most `size` bytes; none at the end."""
        while len(self._left) < size:
            piece = "".join(islice(self._lines, 500))
            if not piece:
                break
            self._left += piece.encode()
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _line(row: Iterable[Any]) -> str:
    return "\t".join(map(_cell, row)) + "\n"


def _cell(value: Any) -> str:
    if type(value) is str:
        return value.translate(_ESCAPED)
    return "\\N" if value is None else str(value)
