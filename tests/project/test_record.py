"""Every verb that the code writes into the record has its sentence."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.contrib import admin

from people.changes import SignInChange
from resellers.models import AuditEvent
from resellers.record import sentence, sentences, things
from tests.project.test_architecture import APPS, PROJECT, SOURCES

VERB = re.compile(r"[a-z_]+\.[a-z_]+\Z")
IN_SQL = re.compile(r"'([a-z]+(?:_[a-z]+)*\.[a-z_]+)'")
MADE = {"resellers/staff/pages.py", "people/steps.py"}  # by a name that is filled in: see `made`


def called(node: ast.Call) -> str:
    """Return the name of what is called."""
    function = node.func
    return getattr(function, "id", "") or getattr(function, "attr", "")


def written(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the verb of each call that writes an event."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ("record" in called(node) or called(node) == "note"):
            yield from node.args[:2]


def nouns() -> set[str]:
    return {noun for noun, _label in things()}


def verbs_of_code() -> set[str]:
    """Return what calls of `record` and its like name, and what SQL writes."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        names = [node.value for node in written(tree) if isinstance(node, ast.Constant)]
        found |= {name for name in names if isinstance(name, str) and VERB.match(name)}
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        found |= in_sql("\n".join(text for text in texts if isinstance(text, str)))
    for app in APPS:
        for path in (PROJECT / app).rglob("*.sql"):
            found |= in_sql(path.read_text())
    return found


def in_sql(text: str) -> set[str]:
    return {verb for verb in IN_SQL.findall(text) if verb.partition(".")[0] in nouns()}


def made() -> set[str]:
    """Return the verbs whose name is filled in: what staff change by hand, and sign-in changes."""
    by_hand = {
        f"{model._meta.model_name}.{done}"
        for model, page in admin.site._registry.items()
        for done, may in (("added", "add"), ("changed", "change"), ("deleted", "delete"))
        if getattr(page, f"may_{may}", False)
    }
    return by_hand | {f"user.{change}" for change in SignInChange.values}


def test_every_verb_has_its_sentence() -> None:
    known = {one.verb for one in sentences()}
    missing = sorted((verbs_of_code() | made()) - known)
    assert missing == [], "declare them in the app's sentences.py"


def test_the_rule_itself_sees_what_is_written() -> None:
    found = verbs_of_code()
    assert {"order.placed", "user.disabled", "license.activated", "invitation.sent"} <= found
    assert "license.cancelled" in found, "as the sample data writes it in SQL"
    assert "license.renewed" in found, "as the engine writes it in SQL within Python"


def test_no_other_verb_is_filled_in() -> None:
    filled = {
        str(path.relative_to(PROJECT))
        for path in SOURCES
        for node in written(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
    }
    assert filled == {"people/steps.py"}
    text = (PROJECT / "resellers/staff/pages.py").read_text()
    assert 'verb = f"{obj._meta.model_name}.{what}"' in text


def test_every_thing_of_a_reseller_has_its_word() -> None:
    of_the_vendor = {"product", "price", "vendordetails"}
    used = {one.verb.partition(".")[0] for one in sentences()}
    assert used - of_the_vendor == nouns()


@pytest.mark.parametrize(
    ("verb", "changes", "words"),
    [
        ("license.billing_state_changed", {"recurrent": True}, "Auto-renew turned on"),
        ("license.billing_state_changed", {}, "Auto-renew changed"),
        ("user.role_changed", {"was": "viewer", "role": "admin"}, "Role changed from Viewer to"),
        ("user.role_changed", {"was": "boss", "role": "admin"}, "Role changed"),
        (
            "order.placed",
            {"quantity": 2, "amount": "1240.00"},
            "Placed: 2 licenses, EUR\N{NO-BREAK SPACE}1,240.00",
        ),
        (
            "order.refunded",
            {"amount": "18.43", "licenses": 1, "to_balance": "18.43"},
            "Refunded EUR\N{NO-BREAK SPACE}18.43, 1 license",
        ),
        ("order.placed", {"quantity": "many", "amount": "x"}, "Placed"),
        ("account.parked", {"because": "Something secret"}, "Account parked by the vendor"),
        ("order.long_forgotten", {"amount": 1}, "Long forgotten"),
    ],
)
def test_sentences_name_what_changed(verb: str, changes: dict[str, object], words: str) -> None:
    said = sentence(AuditEvent(verb=verb, changes=changes), "EUR")
    assert said.startswith(words)
    assert "secret" not in said
