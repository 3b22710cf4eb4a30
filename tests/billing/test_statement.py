"""The monthly statement: opening balance, entries, closing balance, tax."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from billing.models import EntryKind
from billing.statements import MOST, statement
from billing.steps import lock_account, post_entry
from resellers.models import Reseller, User
from tests.factories import make_entry

As = Callable[[User], Client]
BERLIN = ZoneInfo("Europe/Berlin")
MARCH = date(2026, 3, 1)


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def ledger(acme: Reseller) -> None:
    """500.00 in February; two purchases and a refund in March; 100.00 at once in April."""
    make_entry(acme, "500.00", at=at(2, 28, 23, 59))
    for amount, kind, rate, moment in (
        ("-100.00", EntryKind.PURCHASE, "20.00", at(3, 1, 0, 0)),
        ("-50.00", EntryKind.PURCHASE, "0.00", at(3, 5)),
        ("30.00", EntryKind.REFUND, "20.00", at(3, 31, 23, 59)),
    ):
        post_entry(
            lock_account(acme),
            kind,
            Decimal(amount),
            key=f"{kind}/{moment}",
            reference="1000000001",
            tax_rate=Decimal(rate),
            actor=None,
            at=moment,
        )
    make_entry(acme, "100.00", at=at(4, 1, 0, 0))


@pytest.mark.usefixtures("ledger")
def test_a_month_begins_and_ends_at_midnight_in_the_zone(acme: Reseller) -> None:
    march = statement(acme, MARCH)
    assert (str(march.opening), str(march.closing)) == ("500.00", "380.00")
    assert (march.first, march.last) == (MARCH, date(2026, 3, 31))
    assert [entry.sequence for entry in march.entries] == [2, 3, 4]
    assert march.opening + sum(kind.amount for kind in march.kinds) == march.closing


@pytest.mark.usefixtures("ledger")
def test_tax_is_summed_by_rate_less_what_was_paid_back(acme: Reseller) -> None:
    lines = [(line.rate, line.net, line.tax, line.gross) for line in statement(acme, MARCH).taxes]
    expected = [("0.00", "50.00", "0.00", "50.00"), ("20.00", "70.00", "14.00", "84.00")]
    assert [tuple(map(str, line)) for line in lines] == expected


@pytest.mark.usefixtures("ledger")
def test_bob_reads_it_and_goes_to_the_months_around(as_: As, bob: User) -> None:
    page = as_(bob).get("/balance/statements/2026-03/")
    assert page.status_code == 200
    for part in ("500.00", "380.00", "14.00", "Purchase, 2 entries", "Tax, 20 %"):
        assert part in page.text
    assert 'href="/balance/statements/2026-02/"' in page.text
    assert 'href="/balance/statements/2026-04/"' in page.text


def test_a_month_that_is_not_over_says_so(as_: As, bob: User, acme: Reseller) -> None:
    make_entry(acme)
    month = acme.day_of(acme.account.entries.get().at)
    page = as_(bob).get(f"/balance/statements/{month:%Y-%m}/")
    assert "This month is not over" in page.text
    assert page.context["after"] is None


@pytest.mark.usefixtures("ledger")
def test_charlie_sees_nothing_of_it(as_: As, charlie: User) -> None:
    page = as_(charlie).get("/balance/statements/2026-03/")
    assert page.status_code == 200
    assert "1000000001" not in page.text
    assert page.context["statement"].count == 0


@pytest.mark.parametrize("month", ["2199-01", "2026-13", "2026-00", "26-03", "9999-12", "x"])
def test_a_month_that_is_none_is_missing(as_: As, bob: User, month: str) -> None:
    assert as_(bob).get(f"/balance/statements/{month}/").status_code == 404


@pytest.mark.usefixtures("ledger")
def test_a_long_month_lists_the_first_and_counts_all(
    acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 2000
    monkeypatch.setattr("billing.statements.MOST", 2)
    march = statement(acme, MARCH)
    assert (len(march.entries), march.count) == (2, 3)
