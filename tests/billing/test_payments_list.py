"""The list of card payments: what each was for, what became of it, and what home counts of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import CardPayment
from resellers.models import Reseller, User
from tests.billing.cards import make_card_rows
from tests.gateway import Gateway

As = Callable[[User], Client]
LIST = "/payments/"


@pytest.fixture
def client(as_: As, gateway: Gateway, alice: User) -> Client:
    """Alice's browser, where cards are on."""
    return as_(alice)


def make_payment(reseller: Reseller, state: str, days_ago: int = 0) -> CardPayment:
    """Return a payment that is as far as asked."""
    payment = make_card_rows(reseller)
    is_open = state in {"parked", "unknown"}
    changes: dict[str, Any] = {
        "state": state,
        "gateway_id": f"pi_{payment.pk}",
        "created_at": timezone.now() - timedelta(days=days_ago),
        "settled_at": None if is_open else timezone.now(),
        "next_check_at": timezone.now() if state == "unknown" else None,
    }
    CardPayment.objects.filter(pk=payment.pk).update(**changes)
    payment.refresh_from_db()
    return payment


def states(client: Client, **query: str) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [payment.state for payment, _label in page.context["rows"]]


def test_the_list_narrows_by_day_and_outcome(client: Client, acme: Reseller) -> None:
    for days_ago, state in enumerate(("declined", "parked", "succeeded", "abandoned")):
        make_payment(acme, state, days_ago)
    make_payment(acme, "unknown", 7)
    assert states(client) == ["declined", "parked", "succeeded", "abandoned"]
    assert states(client, sort="date", outcome="open") == ["unknown", "parked"]
    assert states(client, outcome="failed") == ["declined", "abandoned"]
    assert states(client, outcome="paid") == ["succeeded"]
    today = acme.day_of(timezone.now()).isoformat()
    assert states(client, date_from=today, date_to=today) == ["declined"]
    assert "Deposit" in client.get(LIST).text


def test_what_is_wrong_is_said_at_its_field(client: Client, acme: Reseller) -> None:
    make_payment(acme, "declined")
    page = client.get(LIST, {"outcome": "x", "date_from": "\0"})
    assert {"outcome", "date_from"} <= set(page.context["form"].errors)
    assert page.context["rows"] == []


def test_home_counts_what_the_list_shows(
    client: Client, as_: As, ann: User, acme: Reseller
) -> None:
    for days_ago, state in ((0, "declined"), (6, "refused"), (7, "refused"), (99, "parked")):
        make_payment(acme, state, days_ago)
    counts = {}
    for matter in client.get("/").context["matters"]:
        counts[str(matter.label)] = matter.found.pages.counted
        assert client.get(matter.found.url).context["pages"].counted == counts[str(matter.label)]
    assert counts["Card payments that failed in 7 days"] == "2"
    assert counts["Card payments not known yet"] == "1"
    assert "Card payments" not in as_(ann).get("/").text


def test_it_costs_the_same_however_long(client: Client, acme: Reseller) -> None:
    def grow(count: int) -> int:
        for _ in range(count):
            make_payment(acme, "declined")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    assert grow(1) == grow(30)
