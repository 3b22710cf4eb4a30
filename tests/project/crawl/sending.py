"""Sends what nobody types, and judges what is answered."""

import time
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import quote_from_bytes

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests.project.crawl.pages import Form

FORM = "application/x-www-form-urlencoded"
SECONDS = 20
TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
    ORDER BY 1
"""
# Who was seen where, and what was guessed.
LOGS = ["django_session", "people_device", "reseller_portal_cache", "activation_wrongcodes"]
SAID = (
    *(f'class="{kind}' for kind in ("error-summary", "errorlist", "errornote")),
    'role="alert"',
    "data-sentence",
)
DONE_WITH_A_PAGE = "/show-code/"  # it shows a code, and who looked is on record
# What a gateway declines is on record all the same: the payment, and who asked.
BY_CARD = ("/balance/deposit/", "/orders/buy/")
DECLINED = {"billing_cardpayment", "resellers_auditevent"}
SHOWN = frozenset({"text", "area", "email", "number", "date", "search"})

Typed = str | bytes


def every_row() -> dict[str, tuple[int, str]]:
    """Return for each table that is no log how many rows it has, and a sum of what they say."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [LOGS])
        one = "SELECT '{0}', count(*), sum(hashtextextended(t::text, 0))::text FROM {0} AS t"
        cursor.execute(" UNION ALL ".join(one.format(name) for (name,) in cursor.fetchall()))
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def encoded(pairs: Iterable[tuple[str, Typed]]) -> bytes:
    """Return fields as a form sends them; bytes are sent as they are."""
    return b"&".join(
        name.encode()
        + b"="
        + (value if isinstance(value, bytes) else quote_from_bytes(value.encode()).encode())
        for name, value in pairs
    )


class Sender:
    """One person, whose requests leave nothing behind; `faults` says what was wrong."""

    def __init__(self, client: Client) -> None:
        self.cookies = client.cookies
        self.before = every_row()
        self.faults: list[str] = []
        self.sent = 0

    def fill_in(self, form: Form, typed: dict[str, Typed]) -> None:
        """Send a form as it stands, but for what is typed."""
        values: dict[str, Typed] = {**form.filled(), **typed}
        self.send(form, encoded(values.items()), typed)

    def send(self, form: Form, fields: bytes, typed: dict[str, Typed] | None = None) -> None:
        """Send fields as they are."""
        if form.method == "get":
            query = fields.decode("latin-1")
            self._ask(form, {"method": "GET", "path": form.path, "QUERY_STRING": query}, typed)
        else:
            self.send_body(form, FORM, fields, typed)

    def send_body(
        self, form: Form, kind: str, body: bytes, typed: dict[str, Typed] | None = None
    ) -> None:
        """Send a body as it is."""
        wish = {"method": "POST", "path": form.address, "data": body, "content_type": kind}
        self._ask(form, wish, typed)

    def send_files(self, form: Form) -> None:
        """Send a file in place of each text."""
        files = {name: SimpleUploadedFile("a\0.txt", b"\xff\0") for name in form.kinds}
        self._ask(form, {"path": form.address, "data": files}, None)

    def settle(self, form: Form) -> None:
        """Say whether a row was changed: by looking, none is."""
        self.faults += [f"{form.method} {form.address}: {table}" for table in self._changed()]

    def _changed(self) -> set[str]:
        after = every_row()
        return {table for table in after if after[table] != self.before[table]}

    def _ask(self, form: Form, wish: dict[str, Any], typed: dict[str, Typed] | None) -> None:
        client = Client(raise_request_exception=False)
        client.cookies.update(self.cookies)
        self.sent += 1
        began = time.monotonic()
        undo = transaction.savepoint() if form.method == "post" else None
        answer = client.generic(**wish) if "method" in wish else client.post(**wish)
        text = b"".join(answer) if answer.streaming else answer.content
        problems = list(self._judge(form, answer, text.decode("utf-8", "replace"), typed or {}))
        if undo:
            transaction.savepoint_rollback(undo)
        if time.monotonic() - began > SECONDS:
            problems.append("takes long")
        what = {name: value[:40] for name, value in (typed or {}).items()}
        self.faults += [f"{form.method} {form.address}: {each} {what}" for each in problems]

    def _judge(self, form: Form, answer: Any, text: str, typed: dict[str, Typed]) -> Iterable[str]:
        status = answer.status_code
        if status >= 500:
            yield f"{status} {answer.exc_info and answer.exc_info[1]!r}"
        done = 300 <= status < 400 or form.path.endswith(DONE_WITH_A_PAGE)
        if form.method == "post" and not done:
            but = DECLINED if form.path in BY_CARD else set()
            yield from (f"{status} changed {table}" for table in self._changed() - but)
        if status == 422:
            yield from refused_badly(form, text, typed)


def refused_badly(form: Form, page: str, typed: dict[str, Typed]) -> Iterable[str]:
    """Yield what is missing in a page that refuses: a sentence, or what was typed."""
    if not any(said in page for said in SAID):
        yield "refused without a word"
    kept = unescape(page)
    for name, value in typed.items():
        if isinstance(value, str) and form.kinds[name] in SHOWN and value.strip()[:50] not in kept:
            yield f"does not keep {name}"
