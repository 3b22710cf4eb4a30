"""Which browser a person uses, as far as it tells."""

from django.utils.translation import gettext as _

# The first that fits: Chrome calls itself Safari too, and Edge calls itself Chrome.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """Return a browser's account of itself as a person reads it: `Firefox on Windows`."""
    browser, system = (_named(agent, names) for names in (BROWSERS, SYSTEMS))
    if not browser:
        return _("A browser on %(system)s") % {"system": system} if system else _("A browser")
    if not system:
        return browser
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def _named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in agent), "")
