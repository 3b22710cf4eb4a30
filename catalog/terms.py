"""How terms are written."""

from django.utils.translation import ngettext


def term_in_words(months: int) -> str:
    """Return a term as a person reads it: `12 months`."""
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
