"""The countries of ISO 3166, from the table that comes with the time zones."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext_lazy as _

# Where the table's short name is not the one that people look for in a list.
BETTER_KNOWN = {
    "AS": _("American Samoa"),
    "BQ": _("Caribbean Netherlands"),
    "CF": _("Central African Republic"),
    "CZ": _("Czechia"),
    "GB": _("United Kingdom"),
    "KP": _("North Korea"),
    "KR": _("South Korea"),
    "MF": _("Saint Martin (French part)"),
    "SX": _("Sint Maarten (Dutch part)"),
    "SZ": _("Eswatini"),
    "TC": _("Turks & Caicos Islands"),
    "TF": _("French Southern Territories"),
    "VG": _("British Virgin Islands"),
    "VI": _("US Virgin Islands"),
    "WS": _("Samoa"),
}


@cache
def listed() -> dict[str, str]:
    """Return the English short name of each two-letter code."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if line and not line.startswith("#"))
    return dict(line.split("\t") for line in lines)


def country_name(code: str) -> str:
    """Return the name of a country by its two-letter code; the code itself where it is unknown."""
    return str(BETTER_KNOWN.get(code) or listed().get(code, code))


def country_choices() -> Iterator[tuple[str, str]]:
    """Yield an invitation to choose, then every country by name."""
    yield "", str(_("Choose a country"))
    named = ((code, country_name(code)) for code in listed())
    yield from sorted(named, key=lambda country: _without_accents(country[1]))


def _without_accents(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
