"""What the bench found: a table to read, and `bench.json` to compare."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from desk.bench.rows import Figure, Row

Measured = Sequence[tuple[Row, Figure]]
WIDTHS = (24, 12, 20, 12)


def rounded(value: float) -> float:
    """Return a figure to four significant digits."""
    return float(f"{value:.4g}")


def as_json(measured: Measured) -> list[dict[str, Any]]:
    """Return what stands in the file: one entry a row, in the sequence of the rows.

    `goal` says on which side of the limit a value is to be; `holds` is null where no limit is
    asked; `aim` marks a limit that is not promised yet; `beside` are the absolute figures.
    """
    return [
        {
            "name": row.name,
            "value": rounded(figure.value),
            "unit": row.unit,
            "limit": row.limit,
            "goal": row.goal,
            "holds": row.holds(figure),
            "aim": row.aim,
            "compares": row.compares,
            "beside": {name: rounded(value) for name, value in figure.beside.items()},
        }
        for row, figure in measured
    ]


def write(measured: Measured, path: Path) -> None:
    """Write the file."""
    path.write_text(json.dumps(as_json(measured), indent=1, ensure_ascii=False) + "\n")


def table(measured: Measured) -> Iterator[str]:
    """Yield the lines of the table."""
    yield line("row", "value", "limit", "holds", "what, and what it is made of")
    for row, figure in measured:
        value = f"{rounded(figure.value):,g} {row.unit}"
        yield line(row.name, value, limit_of(row), verdict(row, figure), row.compares)
        made_of = (f"{name} {rounded(amount):,g}" for name, amount in figure.beside.items())
        yield line("", "", "", "", ", ".join(made_of))


def line(*cells: str) -> str:
    """Return a line of the table."""
    padded = [cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)]
    return " ".join([*padded, cells[-1]]).rstrip()


def limit_of(row: Row) -> str:
    """Return the limit in words."""
    return "" if row.limit is None else f"{row.goal} {row.limit:,g}"


def verdict(row: Row, figure: Figure) -> str:
    """Say whether it holds."""
    match row.holds(figure):
        case None:
            return ""
        case True:
            return "yes"
    return "not yet (aim)" if row.aim else "NO"


def summary(measured: Measured) -> str:
    """Return one sentence."""
    asked = [(row, figure) for row, figure in measured if row.limit is not None]
    short = [row.name for row, figure in asked if not row.holds(figure)]
    missed = f"; short of it: {', '.join(short)}" if short else ""
    return f"{len(asked) - len(short)} of {len(asked)} limits are kept{missed}."
