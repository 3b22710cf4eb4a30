"""Forms that another site sends, and fields that no form has: they change nothing."""

import json
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from psycopg2.sql import SQL, Identifier

from resellers.models import Reseller, User
from tests.desk.seeding import fetched
from tests.project.crawl.pages import Form
from tests.project.crawl.sending import FORM, encoded, every_row
from tests.project.crawl.walk import Walk, name_of
from tests.project.test_input import everywhere, forms
from tests.project.test_strangers import things
from tests.project.test_url_table import people, world

__all__ = ["everywhere", "forms", "people", "things", "world"]

Tables = dict[str, list[dict[str, Any]]]
PERSONS = ["anonymous", "ann", "alice", "sam"]
FORGED: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
)


def posted(client: Client, form: Form, values: dict[str, str], **options: Any) -> Any:
    return client.post(form.address, encoded(values.items()), FORM, **options)


@pytest.mark.parametrize("person", PERSONS)
def test_a_form_without_its_token_is_refused_everywhere(
    everywhere: list[str], people: dict[str, Client], person: str
) -> None:
    found = Walk(people[person]).through(everywhere)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(people[person].cookies)
    before = every_row()
    strict.cookies["csrftoken"] = "a" * 32
    wrong = {
        (name_of(form.address), answer.status_code)
        for form in found
        if form.method == "post"
        for headers in FORGED
        for token in ({}, {"csrfmiddlewaretoken": "b" * 32})
        if (answer := posted(strict, form, {**form.filled(), **token}, headers=headers)).status_code
        != 403
    }
    assert not wrong
    assert every_row() == before


def rows() -> Tables:
    """Return all that tables hold, each row by the names of its columns."""
    tables = [model._meta.db_table for model in apps.get_models() if model is not Session]
    query = SQL("SELECT to_jsonb(t) FROM {} AS t")
    return {
        table: [json.loads(row) for (row,) in fetched(query.format(Identifier(table)))]
        for table in tables
    }


def column(of: list[dict[str, Any]], name: str) -> Counter[str]:
    return Counter(str(row[name]) for row in of)


def same(one: list[dict[str, Any]], other: list[dict[str, Any]], but: set[str]) -> bool:
    """Compare rows in their columns, but for some."""

    def bare(of: list[dict[str, Any]]) -> Counter[str]:
        return Counter(
            str({name: value for name, value in row.items() if name not in but}) for row in of
        )

    return bare(one) == bare(other)


def by_chance(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> set[str]:
    """Return the columns that differ between two requests that were the same: ids, times, keys."""
    names = {name for row in [*one, *other] for name in row}
    return {name for name in names if column(one, name) != column(other, name)}


def after(person: Client, form: Form, values: dict[str, str]) -> tuple[int, Tables]:
    """Send a form as a person; return the status and what the tables hold then, and undo it."""
    client = Client()
    client.cookies.update(person.cookies)
    undo = transaction.savepoint()
    status, found = posted(client, form, values).status_code, rows()
    transaction.savepoint_rollback(undo)
    return status, found


def changed(person: Client, form: Form, more: dict[str, str]) -> tuple[bool, list[str]]:
    """Say whether a form is accepted, and what more fields change of what becomes of it."""
    (status, first), (_, second) = (after(person, form, form.filled()) for _ in range(2))
    forged_status, forged = after(person, form, {**form.filled(), **more})
    wrong = [] if status == forged_status else [f"{form.address}: {status}, {forged_status}"]
    for table, before in first.items():
        if not same(before, forged[table], by_chance(before, second[table])):
            wrong.append(f"{form.address}: {table}")
    return status in {302, 303}, wrong


def privileged(form: Form, globex: Reseller, charlie: User) -> dict[str, str]:
    """Return what no form asks for, but a row holds."""
    strangers = {"reseller": globex.pk, "reseller_id": globex.pk, "user": charlie.pk}
    people_too = {"user_id": charlie.pk, "actor": charlie.pk, "by": charlie.pk, "id": 1, "pk": 1}
    money = {"price": "0.01", "unit_amount": "0.01", "amount": "0.01", "balance": "99999"}
    more = {"credit_limit": "99999", "tax_rate": "0", "currency": "USD", "available": "99"}
    states = {
        "state": "processed",
        "status": "active",
        "role": "admin",
        "activated_at": "2026-01-01",
    }
    flags = dict.fromkeys(["is_staff", "is_superuser", "is_active", "parked_at"], "on")
    every = strangers | people_too | money | more | states | flags
    return {name: str(value) for name, value in every.items() if name not in form.kinds}


# How many forms each person's walk finds whose fields, as they stand, are accepted.
ACCEPTED = {"anonymous": 3, "ann": 9, "alice": 25, "sam": 20}


@pytest.mark.parametrize("person", PERSONS)
def test_fields_that_a_form_does_not_have_change_nothing(
    everywhere: list[str],
    people: dict[str, Client],
    globex: Reseller,
    charlie: User,
    person: str,
) -> None:
    found = [form for form in Walk(people[person]).through(everywhere) if form.method == "post"]
    results = [
        changed(people[person], form, privileged(form, globex, charlie))
        for form in found
        if "logout" not in form.path
    ]
    wrong = [each for _, problems in results for each in problems]
    assert not wrong, "\n".join(wrong)
    assert sum(is_accepted for is_accepted, _ in results) >= ACCEPTED[person]


def test_a_field_that_means_something_is_found_out(
    forms: list[Form], people: dict[str, Client]
) -> None:
    [buy] = [form for form in forms if "expected_amount" in form.kinds]
    is_accepted, wrong = changed(people["alice"], buy, {"reference": "Another"})
    assert is_accepted
    assert wrong == [f"{buy.address}: orders_order"]
