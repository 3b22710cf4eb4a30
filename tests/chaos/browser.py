"""A browser without a window: cookies, forms as the page gives them, and a journal of answers."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

from tests.chaos.journal import Answered, Journal

PATIENCE = 30.0


class Broken(Exception):
    """There was no answer, or one that says that the portal made an error."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    path: str
    status: int
    location: str
    text: str


@dataclass
class Form:
    """A form of a page, filled in as the page came."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field, or a choice."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif not self.forms:
            return
        elif tag == "input" and given.get("name"):
            self._field(given)
        elif tag == "textarea":
            self.forms[-1].values[given.get("name", "")] = ""
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._choice(given)

    def _choice(self, given: dict[str, str]) -> None:
        values = self.forms[-1].values
        if self._select not in values or "selected" in given:
            values[self._select] = given.get("value", "")

    def _field(self, given: dict[str, str]) -> None:
        is_ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
        if is_ticked:
            self.forms[-1].values[given["name"]] = given.get("value", "on")


class Browser:
    """One person's browser, at one portal."""

    def __init__(self, who: str, port: int, journal: Journal) -> None:
        self.who, self.port, self.journal = who, port, journal
        self.cookies: dict[str, str] = {}
        self.is_in = False

    def get(self, path: str, deed: str) -> Answer:
        """Open a page. Raises Broken."""
        return self._ask("GET", path, deed)

    def post(self, path: str, values: dict[str, str], deed: str) -> Answer:
        """Send a form. Raises Broken."""
        return self._ask("POST", path, deed, urlencode(values))

    def form_on(self, path: str, name: str, deed: str) -> Form | None:
        """Return the page's own form, if it has a field of this name. Raises Broken."""
        page = self.get(path, deed)
        reader = Forms()
        reader.feed(page.text)
        for form in reader.forms:
            form.action = urljoin(path, form.action)
            is_own = urlsplit(form.action).path == urlsplit(path).path
            if form.method == "post" and is_own and name in form.values:
                return form
        return None

    def send(self, form: Form, deed: str, **changes: str) -> Answer:
        """Send a form with what was typed, pressing again until there is an answer.

        Raises Broken when there was none for a while.
        """
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.post(form.action, form.values | changes, deed)
            except Broken:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    @property
    def cookie_header(self) -> str:
        """Return what is sent of the cookies."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def token(self) -> dict[str, str]:
        """Return what a form without fields sends."""
        return {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}

    def _ask(self, method: str, path: str, deed: str, body: str | None = None) -> Answer:
        began, clock = time.time(), time.monotonic()
        answer = Answer(path, 0, "", "")
        try:
            answer = self._exchange(method, path, body)
        except (OSError, HTTPException) as error:
            raise Broken(type(error).__name__) from error
        finally:
            text = answer.text if answer.status >= 500 else ""
            seconds = time.monotonic() - clock
            self.journal.note(Answered(self.who, deed, path, began, seconds, answer.status, text))
        if answer.status >= 500:
            raise Broken(str(answer.status))
        return answer

    def _exchange(self, method: str, path: str, body: str | None) -> Answer:
        link = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self.cookie_header, "Referer": f"http://127.0.0.1:{self.port}{path}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            link.close()
        location = answer.getheader("Location", "") or ""
        self.is_in = self.is_in and not location.startswith("/accounts/login/")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Answer(path, answer.status, location, text)
