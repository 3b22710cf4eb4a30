"""Prometheus' text format: a gauge with its help, and a line for each of its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# A label's value and the number; a gauge without a label has one value, under "".
Values = Mapping[str, float]


@dataclass(frozen=True)
class Gauge:
    """One figure by its name, told apart by one label at most."""

    name: str
    help: str
    values: Values
    label: str = ""


def text_of(gauges: Iterable[Gauge]) -> str:
    """Write gauges down. Labels and values are words of the code: nothing in them needs quoting."""
    return "".join(f"{line}\n" for gauge in gauges for line in _lines(gauge))


def _lines(gauge: Gauge) -> list[str]:
    head = [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
    return head + [
        f"{gauge.name}{_label(gauge.label, of)} {float(number)!r}"
        for of, number in gauge.values.items()
    ]


def _label(name: str, value: str) -> str:
    return f'{{{name}="{value}"}}' if name else ""
