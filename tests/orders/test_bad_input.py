"""Whatever the address says, the answer is a page that says what to do about it."""

from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from factory import Factory

from resellers.models import Reseller, User
from tests.factories import DistributionCompanyFactory, UserFactory, make_order
from tests.orders.conftest import SignedIn, shown

FIELDS = (
    *("date_from", "date_to", "order_number", "product", "state", "payment_type"),
    *("distribution_company", "user", "search", "available", "activated_from", "activated_to"),
    *("expires_from", "expires_to", "reference", "sort", "page", "page_size"),
)
HUGE = "9" * 10_000


@pytest.fixture
def ann_at_work(as_: SignedIn, ann: User, acme: Reseller) -> Client:
    """Ann's browser; Acme has an order of today."""
    make_order(acme, user=ann)
    return as_(ann)


def refused(client: Client, query: str) -> str:
    """Return a page that lists no orders and offers no export, because the query is not valid."""
    answer = client.get(f"/orders/?{query}")
    assert answer.status_code == HTTPStatus.OK
    assert shown(answer.text) == []
    assert "Nothing was searched" in answer.text
    return unescape(answer.text)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", ["%FF%FE", "-"])
def test_nonsense_is_never_an_error_of_the_server(
    ann_at_work: Client, field: str, typed: str
) -> None:
    assert ann_at_work.get(f"/orders/?{field}={typed}").status_code == HTTPStatus.OK


@pytest.mark.parametrize("typed", ["%00", "x%00y", HUGE + "x", "%ED%A0%80x" * 99])
def test_nonsense_is_refused_at_every_field(ann_at_work: Client, typed: str) -> None:
    page = refused(ann_at_work, "&".join(f"{field}={typed}" for field in FIELDS))
    assert "Page: Give a number" in page or "Page: Type this anew" in page
    for field in set(FIELDS) - {"page"}:
        assert f'aria-describedby="id_{field}_error"' in page


@pytest.mark.parametrize("typed", ["2026-02-31", "31.12.2026", "0001-01-01", "9999-12-31", "today"])
def test_impossible_dates(ann_at_work: Client, typed: str) -> None:
    days = [field for field in FIELDS if field.endswith(("_from", "_to"))]
    page = refused(ann_at_work, "&".join(f"{day}={typed}" for day in days))
    for day in days:
        assert f'id="id_{day}_error"' in page
    assert page.count(f'value="{typed}"') == len(days) == 6


def test_a_date_that_no_date_field_can_hold_is_kept_in_a_plain_field(ann_at_work: Client) -> None:
    page = refused(ann_at_work, "date_from=2026-02-31&date_to=2026-03-01")
    assert '<input type="text" name="date_from" value="2026-02-31"' in page
    assert '<input type="date" name="date_to" value="2026-03-01"' in page


@pytest.mark.parametrize("what", ["date", "activated", "expires"])
def test_a_range_that_ends_before_it_begins(ann_at_work: Client, what: str) -> None:
    page = refused(ann_at_work, f"{what}_from=2026-03-02&{what}_to=2026-03-01")
    assert f'id="id_{what}_to_error"' in page
    assert "Choose 2 Mar 2026 or a later day" in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("product", "no-such-product"),
        ("state", "PROCESSED"),
        ("payment_type", "cash"),
        ("distribution_company", "abc"),
        ("distribution_company", HUGE),
        ("user", "-1"),
        ("user", "1.5"),
        ("available", "false"),
        ("order_number", "12345678901"),
        ("order_number", "12a"),
        ("sort", "password"),
        ("page_size", "many"),
        ("page", "next"),
    ],
)
def test_unknown_values(ann_at_work: Client, field: str, typed: str) -> None:
    page = refused(ann_at_work, f"{field}={typed}")
    assert field in {"page", "available"} or typed[:40] in page


@pytest.mark.parametrize("query", ["order_number=12+345+678+901x", "sort=bogus", "date_to=x%00"])
def test_a_field_has_one_error_in_our_words(ann_at_work: Client, query: str) -> None:
    page = refused(ann_at_work, query)
    field = query.partition("=")[0]
    errors = page.partition(f'id="id_{field}_error">')[2].partition("</div>")[0]
    assert errors.count("<p>") == 1
    assert "valid choice" not in page


def test_the_field_takes_an_order_number_with_blanks(ann_at_work: Client) -> None:
    field = ann_at_work.get("/orders/").text.partition('name="order_number"')[2].partition(">")[0]
    assert "maxlength" not in field


@pytest.mark.parametrize("field", FIELDS)
def test_a_parameter_given_twice(ann_at_work: Client, field: str) -> None:
    assert "Give one value only." in refused(ann_at_work, f"{field}=&{field}=")


@pytest.mark.parametrize("page", ["0", "-1", "-" + HUGE, "2", HUGE, "99999999999999999999"])
def test_a_page_that_is_not_there_is_the_nearest_one(ann_at_work: Client, page: str) -> None:
    assert len(shown(ann_at_work.get(f"/orders/?page={page}").text)) == 1


@pytest.mark.parametrize("size", ["0", "-5", HUGE, "1000"])
def test_a_page_size_is_bounded(ann_at_work: Client, size: str) -> None:
    assert len(shown(ann_at_work.get(f"/orders/?page_size={size}").text)) == 1


@pytest.mark.parametrize(
    ("field", "factory"),
    [("user", UserFactory), ("distribution_company", DistributionCompanyFactory)],
)
def test_strangers_ids_are_like_ids_that_do_not_exist(
    ann_at_work: Client, globex: Reseller, field: str, factory: type[Factory[Any]]
) -> None:
    factory.create(reseller=globex, pk=7654321, name="Secret Name")
    theirs = refused(ann_at_work, f"{field}=7654321")
    nobodys = refused(ann_at_work, f"{field}=7654322")
    assert without_tokens(theirs, "7654321") == without_tokens(nobodys, "7654322")
    assert "Secret Name" not in theirs


def test_what_was_typed_comes_back_as_text(ann_at_work: Client) -> None:
    typed = "<script>alert(1)</script>"
    answer = ann_at_work.get(f"/orders/?search=&order_number={quote(typed)}")
    assert typed not in answer.text
    assert typed in unescape(answer.text)


def without_tokens(page: str, typed: str) -> str:
    """Return a page without what differs at each request."""
    lines = (line for line in page.replace(typed, "…").splitlines() if "csrf" not in line.lower())
    return "\n".join(lines)
