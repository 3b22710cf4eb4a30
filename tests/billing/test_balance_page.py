"""The balance: the page, its filters, its file."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import park_account
from billing.models import BalanceEntry, EntryKind
from mailing.models import Mail
from resellers.models import Reseller, User
from tests.factories import make_entry, make_order

As = Callable[[User], Client]
BERLIN = ZoneInfo("Europe/Berlin")
HEADER = "Date,Kind,Amount,Balance After,Currency,Reference,Actor"


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def ledger(acme: Reseller, alice: User, sam: User) -> None:
    """March at Acme: a deposit, a purchase just before midnight, one just after, a correction."""
    make_entry(acme, "1000.00", reference="NTRF 1", actor=sam, at=at(2))
    for number, moment in (("1000000001", at(3, 23, 59)), ("1000000002", at(4, 0, 0))):
        make_entry(acme, "-120.00", EntryKind.PURCHASE, reference=number, actor=alice, at=moment)
    make_entry(acme, "-5.50", EntryKind.ADJUSTMENT, reference="=Fee", at=at(5))


def shown(client: Client, **query: str) -> list[int]:
    page = client.get("/balance/", query)
    assert page.status_code == 200
    return [entry.sequence for entry in page.context["rows"]]


def file(client: Client, **query: str) -> list[str]:
    answer = client.get("/balance/", {"format": "csv", **query})
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


@pytest.mark.usefixtures("ledger")
def test_everything_is_shown_newest_first(as_: As, bob: User) -> None:
    assert shown(as_(bob)) == [4, 3, 2, 1]
    assert shown(as_(bob), sort="number") == [1, 2, 3, 4]


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"date_from": "2026-03-03", "date_to": "2026-03-03"}, [2]),
        ({"date_from": "2026-03-04"}, [4, 3]),
        ({"date_to": "2026-03-03"}, [2, 1]),
        ({"kind": "purchase"}, [3, 2]),
        ({"kind": "purchase", "date_from": "2026-03-04"}, [3]),
        ({"kind": "renewal"}, []),
        ({"date_from": ""}, [4, 3, 2, 1]),
    ],
)
def test_days_and_kinds_are_kept(
    as_: As, bob: User, query: dict[str, str], expected: list[int]
) -> None:
    assert shown(as_(bob), **query) == expected


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date_from", "2026-02-30"),
        ("date_to", "yesterday"),
        ("kind", "gift"),
        ("kind", "\0"),
        ("page", "x"),
        ("sort", "amount"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(as_: As, bob: User, name: str, value: str) -> None:
    page = as_(bob).get("/balance/", {name: value})
    assert page.status_code == 200
    assert name in page.context["form"].errors
    assert page.context["rows"] == [] or name in {"page", "sort"}


@pytest.mark.usefixtures("ledger")
def test_the_file_is_in_ledger_order_with_offsets(as_: As, bob: User) -> None:
    assert file(as_(bob)) == [
        HEADER,
        "2026-03-02T12:00:00+01:00,Deposit,1000.00,1000.00,EUR,NTRF 1,Sam Staff",
        "2026-03-03T23:59:00+01:00,Purchase,-120.00,880.00,EUR,1000000001,Alice Arnold",
        "2026-03-04T00:00:00+01:00,Purchase,-120.00,760.00,EUR,1000000002,Alice Arnold",
        "2026-03-05T12:00:00+01:00,Adjustment,-5.50,754.50,EUR,'=Fee,",
    ]


@pytest.mark.usefixtures("ledger")
def test_the_file_holds_what_the_filters_keep(as_: As, bob: User) -> None:
    lines = file(as_(bob), kind="purchase", date_from="2026-03-04", sort="-number")
    assert [line.split(",")[5] for line in lines[1:]] == ["1000000002"]


def test_every_kind_has_its_word(as_: As, bob: User, acme: Reseller) -> None:
    for kind in EntryKind:
        amount = "-1" if kind in {"purchase", "renewal", "deposit_refund"} else "10"
        make_entry(acme, amount, kind)
    words = [line.split(",")[1] for line in file(as_(bob))[1:]]
    expected = ["Deposit", "Purchase", "Renewal", "Refund", "Deposit refund", "Adjustment"]
    assert words == expected


@pytest.mark.usefixtures("ledger")
def test_a_wrong_query_gives_no_file(as_: As, bob: User) -> None:
    answer = as_(bob).get("/balance/", {"format": "csv", "date_from": "x"})
    assert answer.status_code == 422
    assert b"Give a day that exists" in answer.content


@pytest.mark.usefixtures("ledger")
def test_the_balance_is_exported_as_a_job_too(as_: As, bob: User) -> None:
    answer = as_(bob).post("/exports/balance/?kind=purchase")
    assert answer.status_code == 303
    assert as_(bob).get(answer.headers["Location"]).status_code == 200


@pytest.mark.usefixtures("ledger")
def test_charlie_sees_nothing_of_it(as_: As, charlie: User) -> None:
    client = as_(charlie)
    assert shown(client) == []
    assert file(client) == [HEADER]
    page = client.get("/balance/")
    assert "Nothing has moved the balance yet" in page.content.decode()
    assert "1000000001" not in page.content.decode()


@pytest.mark.usefixtures("ledger")
def test_filters_that_exclude_all_lead_back(as_: As, bob: User) -> None:
    page = as_(bob).get("/balance/", {"kind": "renewal"})
    assert "No entries match" in page.content.decode()
    assert page.context["clear_url"] == "?"


def test_a_parked_account_is_said_to_be_parked(
    as_: As, bob: User, acme: Reseller, sam: User
) -> None:
    park_account(acme.pk, "Something internal", actor=sam, now=timezone.now())
    text = as_(bob).get("/balance/").content.decode()
    assert "parked while the vendor checks it" in text
    assert "Something internal" not in text


def test_an_entry_leads_to_its_order(as_: As, bob: User, acme: Reseller) -> None:
    order = make_order(acme)
    make_entry(acme)
    make_entry(acme, "-1", EntryKind.PURCHASE, reference=order.number)
    make_entry(acme, "-1", EntryKind.RENEWAL, reference=f"{order.number}/some-license")
    text = as_(bob).get("/balance/").content.decode()
    assert text.count(f'href="/orders/{order.number}/"') == 2


def test_the_header_shows_the_balance_on_every_page(as_: As, bob: User, acme: Reseller) -> None:
    make_entry(acme, "1234.50")
    for address in ("/", "/orders/", "/exports/", "/balance/"):
        header = as_(bob).get(address).content.decode().split("</header>")[0]
        assert 'href="/balance/"' in header
        assert "1,234.50" in header


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_as_much_of_a_long_ledger_as_of_a_short_one(
    as_: As,
    bob: User,
    acme: Reseller,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(count):
        make_entry(acme, actor=bob)
    client = as_(bob)
    with django_assert_num_queries(8):
        client.get("/balance/")


def test_pages_go_on(as_: As, bob: User, acme: Reseller) -> None:
    for _ in range(27):
        make_entry(acme)
    assert shown(as_(bob), page="2") == [2, 1]
    assert shown(as_(bob), page="last", page_size="10") == [7, 6, 5, 4, 3, 2, 1]


def test_looking_writes_nothing(as_: As, bob: User, acme: Reseller) -> None:
    make_entry(acme)
    as_(bob).get("/balance/")
    assert (BalanceEntry.objects.count(), Mail.objects.count()) == (1, 0)
    assert BalanceEntry.objects.get().at < timezone.now() - timedelta(0)
    assert BalanceEntry.objects.get().amount == Decimal(1000)
