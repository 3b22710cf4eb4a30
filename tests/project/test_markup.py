"""Markup, formulas and templates that somebody stored do nothing wherever they are shown."""

import csv
import io
import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from activation.models import Customer
from catalog.models import Product
from mailing.delivery import as_message, write
from mailing.models import Mail
from orders.models import Order, Refund
from people.models import Device, Invitation
from resellers.models import DistributionCompany, Reseller, User
from tests.project.crawl.sending import FORM, encoded
from tests.project.crawl.walk import Walk
from tests.project.test_input import everywhere
from tests.project.test_strangers import Things, things
from tests.project.test_url_table import people, world

__all__ = ["everywhere", "people", "things", "world"]

BEGINS = "=cmd|'/C calc'!A0"
STORED = f"{BEGINS}<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{{{191*7}}}}{{% x %}}"
FIELDS: dict[type[Model], tuple[str, ...]] = {
    Reseller: ("name", "address"),
    User: ("name",),
    DistributionCompany: ("name",),
    Customer: ("company", "name"),
    Invitation: ("name",),
    Order: ("reference",),
    Product: ("name", "family", "terms_text"),
    Refund: ("reason", "answer"),
    Device: ("agent",),
}
RAW = ("<img src=x", "<script>alert", "191*7}}<", ">1337")
RUNS = re.compile(
    r"""(?:href|src|action|formaction)=["']?\s*javascript:|\son[a-z]+=["'][^"']*alert"""
)


class Reader(Client):
    """A browser that keeps what it was shown."""

    def __init__(self, person: Client) -> None:
        super().__init__()
        self.cookies.update(person.cookies)
        self.shown: list[tuple[str, Any]] = []

    def request(self, **wish: Any) -> Any:
        """Ask, and keep the answer."""
        answer = super().request(**wish)
        text = b"".join(answer) if answer.streaming else answer.content
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        self.shown.append((f"{wish['PATH_INFO']} {kind}", text.decode("utf-8-sig", "replace")))
        return answer


@pytest.fixture
def stored(everywhere: list[str]) -> list[str]:
    """Every address, in a world where every text that people type is markup."""
    for model, names in FIELDS.items():
        for row in model._default_manager.all():
            for name in names:
                most = getattr(model._meta.get_field(name), "max_length", None) or 1000
                setattr(row, name, STORED[: most - 8] + str(row.pk))
            model._default_manager.filter(pk=row.pk).update(
                **{name: getattr(row, name) for name in names}
            )
    return everywhere


def live(text: str) -> list[str]:
    """Return what would run in a page."""
    return [raw for raw in RAW if raw in text] + RUNS.findall(text)


def formulas(text: str) -> list[str]:
    """Return the cells that a spreadsheet would run."""
    cells = (cell for line in csv.reader(io.StringIO(text)) for cell in line)
    return [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize("person", ["anonymous", "bob", "alice", "sam"])
def test_what_is_stored_does_nothing_in_pages_files_and_mails(
    stored: list[str], people: dict[str, Client], person: str
) -> None:
    reader = Reader(people[person])
    Walk(reader).through(stored)
    wrong = [
        f"{where}: {problem}"
        for where, text in reader.shown
        for problem in (formulas(text) if where.endswith("csv") else live(text))
    ]
    assert not wrong, "\n".join(wrong)
    assert person == "anonymous" or any("&lt;img src=x" in text for _, text in reader.shown)


def test_what_is_stored_does_nothing_in_mails(
    stored: list[str], people: dict[str, Client], things: Things
) -> None:
    about_nothing = Mail.objects.get(pk=things["mail"]).about
    for form in Walk(people["alice"]).through(stored):
        if form.method == "post" and "logout" not in form.path:
            Reader(people["alice"]).post(form.address, encoded(form.filled().items()), FORM)
    wrong, kinds = [], set()
    for mail in Mail.objects.exclude(about=about_nothing).exclude(kind="password_reset"):
        text = write(mail)
        message = as_message(mail, text)
        wrong += [f"{mail.kind}: {problem}" for problem in live(text.html)]
        assert "\n" not in message.subject + message.from_email + "".join(message.to)
        kinds |= {mail.kind} if "&lt;img src=x" in text.html else set()
    assert not wrong, "\n".join(wrong)
    assert "refund_asked" in kinds


def test_what_would_run_is_found_out() -> None:
    assert live(f"<p>{STORED}</p>")
    assert live('<a href="javascript:alert(3)">')
    assert formulas(f'1,"{BEGINS}"\n')
    assert not live("<p>&lt;img src=x onerror=alert(1)&gt;</p>")
