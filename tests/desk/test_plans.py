"""How PostgreSQL finds what the pages show, at 50,000 orders: by an index, without sorting much."""

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.bench import databases
from desk.bench.ground import acme, alice, newest_with_licenses
from desk.seed.run import seed
from desk.seed.sizes import Sizes
from licenses.models import License
from licenses.renewing.due import resellers_due

ORDERS, PAGE = 50_000, 100
LARGE = {
    "orders_order",
    "licenses_license",
    "licenses_period",
    "licenses_renewal",
    "activation_customer",
    "activation_activation",
    "billing_balanceentry",
    "mailing_mail",
    "resellers_auditevent",
}
EVERYTHING = "date_from=&date_to="


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of its own for each process that runs tests, with ten companies."""
    name = f"plans_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():
        databases.make_empty(name)
        with databases.used(name):
            sizes = Sizes(resellers=10, orders=ORDERS, licenses_per_order=2, seed=1)
            seed(sizes, now=timezone.now(), say=lambda _line: None)
            yield
        databases.drop(name)


def code() -> str:
    """Return the beginning of a code."""
    return License.objects.for_reseller(acme()).latest("pk").activation_code[:17]


def email() -> str:
    """Return a customer's address."""
    return acme().customers.latest("pk").email


def an_order() -> str:
    """Return the address of an order."""
    return f"/orders/{newest_with_licenses(acme()).number}/"


PAGES: dict[str, Callable[[], str]] = {
    "today": lambda: "/orders/",
    "all orders": lambda: f"/orders/?{EVERYTHING}",
    "the next page": lambda: f"/orders/?{EVERYTHING}&page=2",
    **{
        f"sorted by {key}": partial("/orders/?{}&sort={}".format, EVERYTHING, key)
        for key in ("-amount", "amount", "-quantity", "-available")
    },
    "available": lambda: f"/orders/?{EVERYTHING}&available=true",
    "by number": lambda: f"/orders/?{EVERYTHING}&order_number={an_order()[8:13]}",
    "by code": lambda: f"/orders/?{EVERYTHING}&search={code()}",
    "by e-mail": lambda: f"/orders/?{EVERYTHING}&search={email()}",
    "an order": an_order,
    "its keys": lambda: f"{an_order()}license-keys/",
    "activations": lambda: f"/activations/?{EVERYTHING}",
    "activations from the end": lambda: f"/activations/?{EVERYTHING}&page=last",
    **{
        f"activations by {key}": partial("/activations/?{}&sort={}".format, EVERYTHING, key)
        for key in ("date", "to", "-to", "customer", "customer&page=last")
    },
    "balance": lambda: f"/balance/?{EVERYTHING}",
    "mails": lambda: "/mails/",
    "activity": lambda: "/activity/",
    "search": lambda: f"/search/?q={email()[:6]}",
}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def faults(statement: str) -> Iterator[str]:
    """Yield what is wrong with how a statement is carried out."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    for node in nodes(plan):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE:
            yield f"reads all of {node['Relation Name']}: {statement}"
        if node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > PAGE:
            yield f"sorts {node['Plans'][0]['Actual Rows']} rows: {statement}"


def asked(deed: Callable[[], object]) -> list[str]:
    """Return the questions that something asks the database."""
    with CaptureQueriesContext(connection) as captured:
        deed()
    return [query["sql"] for query in captured if query["sql"].lstrip("( \n").startswith("SELECT")]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_what_it_shows_and_no_more(
    page: str, seeded: None, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        client, address = Client(headers={"host": "127.0.0.1"}), PAGES[page]()
        client.force_login(alice())
        assert client.get(address).status_code == 200
        found = [fault for sql in asked(lambda: client.get(address)) for fault in faults(sql)]
    assert not found, "\n".join(found)


def test_the_sweep_reads_what_is_due_and_no_more(seeded: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        statements = asked(lambda: resellers_due(timezone.now()))
        assert statements
        assert not [fault for sql in statements for fault in faults(sql)]


def test_the_rule_itself_sees_a_scan_and_a_sort(seeded: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        found = list(faults("SELECT id FROM orders_order ORDER BY amount"))
    assert len(found) == 2
