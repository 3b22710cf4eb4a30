"""The list of renewals as a file, made at once or in the background."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Product
from exports.kinds import kind_named
from licenses.models import AttemptOutcome, License
from licenses.upcoming.exports import covered
from resellers.models import Reseller, User
from tests.factories import make_entry
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of

As = Callable[[User], Client]
HEADER = (
    "Next Charge,To,Order Number,License,Product,Customer,Amount,Currency,Paid By,State,"
    "Last Attempt,Outcome,Reason"
)


@pytest.fixture
def today(acme: Reseller) -> date:
    return today_of(acme)


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def three(acme: Reseller, guard: Product) -> list[License]:
    """One that is paid today, one that fails until tomorrow, one that nothing covers."""
    make_entry(acme, "120.00")
    paid = make_renewing(acme, guard, 5, company="=Evil")
    failing = make_renewing(acme, guard, 6)
    make_tried(failing, AttemptOutcome.NOT_COVERED, "@Short")
    return [paid, failing, make_renewing(acme, guard, 37)]


def file(client: Client, **query: str) -> list[str]:
    answer = client.get("/renewals/", {"format": "csv", **query})
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


def test_the_file_has_these_columns(as_: As, bob: User, three: list[License], today: date) -> None:
    paid, failing, late = three
    tomorrow, last = today + timedelta(days=1), today + timedelta(days=30)
    lines = file(as_(bob))
    assert lines[0] == HEADER
    assert lines[1] == (
        f"{today},{paid.ends_on},{paid.order.number},{paid.uuid},Guard,'=Evil,120.00,EUR,"
        "CSS balance,Waiting,,,"
    )
    assert lines[2].startswith(f"{tomorrow},{failing.ends_on},{failing.order.number},")
    assert lines[2].endswith(f",120.00,EUR,Not covered,Failing,{today},Not covered,'@Short")
    assert lines[3].startswith(f"{last},{late.ends_on},")
    assert len(lines) == 4


def test_the_file_holds_what_the_filters_keep(as_: As, bob: User, three: list[License]) -> None:
    lines = file(as_(bob), state="failing")
    assert [line.split(",")[3] for line in lines[1:]] == [str(three[1].uuid)]


def test_what_does_not_renew_has_no_charge(
    as_: As, bob: User, acme: Reseller, guard: Product
) -> None:
    license = make_renewing(acme, guard, 5, recurrent=False)
    [_header, line] = file(as_(bob), show="ending")
    assert line.startswith(f",{license.ends_on},{license.order.number},")
    assert line.endswith(",120.00,EUR,,,,,")


def test_no_code_is_in_it(as_: As, ann: User, three: list[License]) -> None:
    text = "".join(file(as_(ann)))
    assert not any(license.activation_code[-5:] in text for license in three)


def test_a_wrong_query_gives_no_file(as_: As, bob: User, three: list[License]) -> None:
    answer = as_(bob).get("/renewals/", {"format": "csv", "days": "31"})
    assert answer.status_code == 422
    assert "Days ahead" in answer.content.decode()


def test_charlie_gets_an_empty_file(as_: As, charlie: User, three: list[License]) -> None:
    assert file(as_(charlie), days="90") == [HEADER]


@pytest.mark.parametrize("extra", [0, 20])
def test_the_file_asks_as_much_for_many_rows_as_for_few(
    *, as_: As, bob: User, acme: Reseller, guard: Product, three: list[License], extra: int
) -> None:
    for _ in range(extra):
        make_renewing(acme, guard, 20)
    client = as_(bob)
    with CaptureQueriesContext(connection) as captured:
        assert len(file(client)) == 4 + extra
    assert len(captured) == 11


def test_it_is_exported_as_a_job_too(as_: As, bob: User, three: list[License]) -> None:
    answer = as_(bob).post("/exports/renewals/?days=60&state=failing")
    assert answer.status_code == 303
    text = as_(bob).get(answer.headers["Location"]).content.decode()
    assert "Renews: the next 60 days · State: Failing" in text


def test_the_job_writes_the_same_rows(bob: User, three: list[License]) -> None:
    rows = kind_named("renewals").rows(bob, "state=failing", timezone.now())
    assert [row.pk for row in rows] == [three[1].pk]
    assert covered(bob, "show=ending", timezone.now()) == "Ends without renewal: the next 30 days"
