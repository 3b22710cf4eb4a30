"""The one writer of CSV: rows go from PostgreSQL's COPY to the file without a stop in Python.

UTF-8 with BOM, CRLF, RFC 4180. A text cell that a spreadsheet would run as a formula gets a leading
apostrophe, in SQL; numbers and dates stay what they are; booleans are `True` and `False`.
"""

import csv
import io
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import Cast, NullIf
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from resellers.models import Reseller, User

log = structlog.get_logger(__name__)

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
CONTENT_TYPE = "text/csv; charset=utf-8"

# What spreadsheets pass over at the start of a cell: control characters, blanks, marks of no width.
_BLANKS = (
    "\x01-\x08\x0b\x0c\x0e-\x20\x7f\x85\xa0\u1680\u180e"
    "\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_STARTERS = "=+@\t\r\n\uff1d\uff0b\uff20\uff0d-"
FORMULA = f"^(?=[{_BLANKS}]*[{_STARTERS}])"


class Sink(Protocol):
    """Where bytes go: a file, or anything with its `write`."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


@dataclass(frozen=True)
class Column:
    """A column: its header and a field path or expression over the queryset's rows.

    `text=False` leaves numbers and dates as PostgreSQL writes them (dates `YYYY-MM-DD`) and turns
    booleans into `True` and `False`.
    """

    header: str
    expression: str | Combinable
    text: bool = True


class BeginsPlainly(Func):
    """Say whether a text begins with one of the letters and digits that begin no formula."""

    plain = ", ".join(str(ord(character)) for character in string.ascii_letters + string.digits)
    template = f"ascii(%(expressions)s) = ANY('{{{plain}}}')"
    output_field = models.BooleanField()


def harmless(expression: Any) -> Case:
    """Return text as a cell that no spreadsheet takes for a formula; empty text is an empty cell.

    Nearly every text begins plainly. The pattern is asked about the others only: it takes longer
    than all else that is done for a row.
    """
    text = Cast(expression, TextField())
    guarded = Func(text, Value(FORMULA), Value("'"), function="regexp_replace")
    default = NullIf(guarded, Value(""))
    return Case(When(BeginsPlainly(text), then=text), default=default, output_field=TextField())


class Truth(Func):
    """`True` or `False`."""

    template = "CASE WHEN %(expressions)s THEN 'True' ELSE 'False' END"
    output_field = TextField()


class Lines:
    """COPY calls `write` once a row with the line; each is passed on with CRLF, and counted."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.rows = 0

    def write(self, line: bytes) -> int:
        """Pass on one row."""
        self._sink.write(line[:-1] + b"\r\n")
        self.rows += 1
        return len(line)


def in_words(field: str, choices: type[models.TextChoices]) -> Case:
    """Return the words of a choice, in the language of the files, as an expression."""
    cases = [When(**{field: choice.value}, then=Value(str(choice.label))) for choice in choices]
    return Case(*cases, default=F(field), output_field=models.CharField())


def write_csv(
    queryset: "QuerySet[Any]", columns: Sequence[Column], lines: Lines, cursor: CursorWrapper
) -> None:
    """Write the queryset's rows as they are for `cursor`, whose transaction has the right zone.

    `lines.rows` counts while it runs.
    """
    try:
        select = _select(queryset, columns, cursor)
    except EmptyResultSet:
        return
    cursor.copy_expert(b"COPY (" + select + b") TO STDOUT WITH (FORMAT csv)", lines)


def count_rows(queryset: "QuerySet[Any]", cursor: CursorWrapper) -> int:
    """Return how many rows `write_csv` would write in the same transaction."""
    try:
        sql, params = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    cursor.execute(f"SELECT count(*) FROM ({sql}) AS matching", params)  # noqa: S608 (Django's SQL)
    count: int = cursor.fetchone()[0]
    return count


def header_line(columns: Sequence[Column]) -> bytes:
    """Return how a file begins: byte order mark and column names."""
    line = io.StringIO()
    csv.writer(line).writerow(column.header for column in columns)
    return BOM + line.getvalue().encode()


@contextmanager
def days_of(reseller: Reseller, cursor: CursorWrapper) -> Iterator[None]:
    """Let the transaction's days begin and end where the reseller is, within the block.

    PostgreSQL is told for its own conversions, Django for the zone that it writes into its SQL.
    """
    cursor.execute("SELECT set_config('timezone', %s, true)", [reseller.time_zone])
    with timezone.override(reseller.zone):
        yield
    cursor.execute("SET LOCAL timezone TO 'UTC'")


def csv_response(
    queryset: "QuerySet[Any]",
    columns: Sequence[Column],
    *,
    filename: str,
    reseller: Reseller,
    user: User | None = None,
) -> HttpResponse:
    """Return a small CSV as a download, made now; what may be large is an export instead."""
    file = io.BytesIO()
    file.write(header_line(columns))
    lines = Lines(file)
    with transaction.atomic(), connection.cursor() as cursor, days_of(reseller, cursor):
        write_csv(queryset, columns, lines, cursor)
    log.info("csv_downloaded", file=filename, rows=lines.rows, user=user.pk if user else None)
    disposition = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    return HttpResponse(
        file.getvalue(),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": disposition},
    )


def _select(queryset: "QuerySet[Any]", columns: Sequence[Column], cursor: CursorWrapper) -> bytes:
    cells = {f"cell_{at}": _cell(queryset, column) for at, column in enumerate(columns)}
    sql, params = queryset.values(**cells).query.sql_with_params()
    statement: bytes = cursor.mogrify(sql, params)
    return statement


def _cell(queryset: "QuerySet[Any]", column: Column) -> BaseExpression | Combinable:
    name = column.expression
    expression: Any = F(name) if isinstance(name, str) else name
    if column.text:
        return harmless(expression)
    resolved = expression.resolve_expression(queryset.query.chain())
    is_truth = isinstance(resolved.output_field, models.BooleanField)
    return Truth(expression) if is_truth else expression
