"""What a page lets its reader send: its forms, and the parameters of its links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

ASKED_BY = ("href", "hx-get", "data-src")
# What stands in a field that is empty, by its kind.
USUAL = {
    "email": "nina@nova.example",
    "number": "3",
    "text": "Nova",
    "area": "Nova",
    "search": "Nova",
    "date": "2026-11-24",
    "checkbox": "on",
}


@dataclass
class Form:
    """A form, or an address with parameters: what it sends if nothing is changed."""

    method: str
    address: str
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)  # the first of each choice

    def add(self, name: str, kind: str, value: str, *, chosen: bool = True) -> None:
        """Add a control; of those of one name the first that is chosen counts."""
        self.kinds.setdefault(name, kind)
        if chosen:
            self.values.setdefault(name, value)

    def filled(self) -> dict[str, str]:
        """Return the values, with something usual in each field that is empty."""
        return {
            name: self.values.get(name) or self.options.get(name) or USUAL.get(kind, "")
            for name, kind in self.kinds.items()
        }

    @property
    def path(self) -> str:
        """Return where it is sent."""
        return urlsplit(self.address).path


class Page(HTMLParser):
    """Reads a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.links: set[str] = set()
        self._form: Form | None = None
        self._select: str = ""
        self._area: tuple[str, Form] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form, a control or a link."""
        given = {name: value or "" for name, value in attrs}
        self.links |= {urljoin(self.address, given[name]) for name in ASKED_BY if given.get(name)}
        if tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = Form(given.get("method", "get").lower(), action)
            self.forms.append(self._form)
            if "id" in given:
                self.by_id[given["id"]] = self._form
        form = self.by_id.get(given["form"]) if "form" in given else self._form
        if form is None:
            return
        if tag == "option" and self._select:
            form.add(self._select, "select", given.get("value", ""), chosen="selected" in given)
            if given.get("value"):
                form.options.setdefault(self._select, given["value"])
        elif name := given.get("name"):
            self._control(tag, name, given, form)

    def _control(self, tag: str, name: str, given: dict[str, str], form: Form) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if tag == "select":
            self._select = name
            form.kinds.setdefault(name, "select")
        elif tag == "textarea":
            form.kinds.setdefault(name, "area")
            self._area = (name, form)
            form.values.setdefault(name, "")
        elif tag in {"input", "button"} and name != "csrfmiddlewaretoken":
            ticks = kind in {"checkbox", "radio"}
            value = given.get("value", "on" if ticks else "")
            form.add(name, kind, value, chosen=not ticks or "checked" in given)

    def handle_data(self, data: str) -> None:
        """Take up what stands in a text area."""
        if self._area:
            name, form = self._area
            form.values[name] = (form.values.get(name, "") + data).removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a control."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = None


def asked(link: str) -> Form:
    """Return an address with parameters as a form that sends them."""
    parts = urlsplit(link)
    values = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Form("get", parts.path, values, dict.fromkeys(values, "text"))


def inside(links: set[str]) -> Iterator[str]:
    """Yield those that lead to the portal's own pages, in a fixed order."""
    for link in sorted(links):
        parts = urlsplit(link)
        if parts.scheme in {"", "http"} and parts.netloc in {"", "testserver"} and parts.path:
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
