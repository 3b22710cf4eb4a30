"""What a person sees of the list: tiles, counts, chips, presets, pages, empty states."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from orders.models import OrderState
from resellers.models import Reseller, User
from tests.factories import (
    OrderFactory,
    ProductFactory,
    make_active,
    make_cancelled,
    make_order,
)
from tests.orders.conftest import Finds, SignedIn, first_license, shown


def tile(page: str, number: str) -> str:
    """Return a tile's row as text."""
    row = re.search(rf'data-number="{number}".*?<summary[^>]*>(.*?)</summary>', page, re.DOTALL)
    assert row
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", row[1])).split())


def test_a_tile_says_what_was_bought(as_: SignedIn, alice: User, acme: Reseller) -> None:
    product = ProductFactory.create(name="Mail Guard")
    order = make_order(
        acme, quantity=1200, product=product, reference="PO-7", unit_amount="1.00", amount="1200.50"
    )
    row = tile(as_(alice).get("/orders/").text, order.number)
    assert row.startswith(f"Mail Guard {order.number} · ")
    assert "PO-7" in row
    assert "0 active · 1,200 available of 1,200" in row
    assert row.endswith("EUR 1,200.50 Processed")


def test_active_and_available_are_counted(as_: SignedIn, alice: User, acme: Reseller) -> None:
    """Of seven: two active (one on its last day), one in grace, expired, cancelled each."""
    order = make_order(acme, quantity=7)
    today = acme.day_of(timezone.now())
    days = (
        today + timedelta(days=100),
        today,
        today - timedelta(days=1),
        today - timedelta(days=99),
    )
    *first, last = order.licenses.all()[:5]
    for license, day in zip(first, days, strict=True):
        make_active(license, ends_on=day)
    make_cancelled(last)
    assert "2 active · 2 available of 7" in tile(as_(alice).get("/orders/").text, order.number)


def test_a_license_cancelled_while_in_use_is_not_active(
    as_: SignedIn, alice: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=2)
    make_active(first_license(order))
    order.licenses.filter(activated_at__isnull=False).update(cancelled_at=timezone.now())
    assert "0 active · 1 available of 2" in tile(as_(alice).get("/orders/").text, order.number)


def test_active_depends_on_the_day_where_the_reseller_is(
    as_: SignedIn, alice: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=1)
    make_active(order.licenses.get(), ends_on=date(2026, 11, 24))
    with time_machine.travel("2026-11-24T22:59:00Z", tick=False):
        assert "1 active" in tile(as_(alice).get("/orders/?date_from=").text, order.number)
    with time_machine.travel("2026-11-24T23:01:00Z", tick=False):
        assert "0 active" in tile(as_(alice).get("/orders/?date_from=").text, order.number)


def test_a_part_refund_says_how_much(as_: SignedIn, alice: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=50)
    make_cancelled(first_license(order))
    assert tile(as_(alice).get("/orders/").text, order.number).endswith("1 of 50 refunded")


def test_a_whole_refund_is_one_word(as_: SignedIn, alice: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=1)
    make_cancelled(order.licenses.get())
    assert tile(as_(alice).get("/orders/").text, order.number).endswith("Refunded")


@pytest.mark.parametrize("state", [OrderState.CHECKING, OrderState.FAILED])
def test_an_unpaid_order_has_no_licenses(
    as_: SignedIn, alice: User, acme: Reseller, state: OrderState
) -> None:
    order = OrderFactory.create(reseller=acme, user=alice, state=state, available=0, quantity=3)
    row = tile(as_(alice).get("/orders/").text, order.number)
    assert "0 active · 0 available of 3" in row
    assert row.endswith(str(state.label))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-date", "3 2 1"),
        ("date", "1 2 3"),
        ("number", "1 2 3"),
        ("product", "2 3 1"),
        ("-amount", "2 1 3"),
        ("amount", "3 1 2"),
        ("-quantity", "3 1 2"),
        ("-available", "3 1 2"),
    ],
)
def test_sorting(finds: Finds, alice: User, acme: Reseller, sort: str, expected: str) -> None:
    now = timezone.now()
    for number, name, amount, quantity in ((1, "C", 20, 2), (2, "A", 30, 1), (3, "B", 10, 3)):
        make_order(
            acme,
            number=f"{number}000000000",
            product=ProductFactory.create(name=name),
            amount=amount,
            quantity=quantity,
            placed_at=now + timedelta(microseconds=number),
        )
    assert " ".join(found[0] for found in finds(alice, f"sort={sort}")) == expected


@pytest.mark.parametrize(("sort", "way"), [("-amount", -1), ("amount", 1), ("product", 1)])
def test_pages_never_repeat_or_lose_a_tile(
    finds: Finds, alice: User, acme: Reseller, sort: str, way: int
) -> None:
    """Rows that are equal stand in the order of their keys, so that each has one place."""
    same = {"user": alice, "placed_at": timezone.now(), "product": ProductFactory.create()}
    orders = [OrderFactory.create(reseller=acme, **same) for _ in range(7)]
    for order in orders[:3]:  # rows that are written again move in the table
        order.save()
    pages = [finds(alice, f"page_size=3&sort={sort}&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [*pages[0], *pages[1], *pages[2]] == [order.number for order in orders[::way]]
    assert finds(alice, f"page_size=3&sort={sort}&page=last") == pages[2]


def test_links_to_other_pages_keep_the_search(as_: SignedIn, alice: User, acme: Reseller) -> None:
    OrderFactory.create_batch(3, reseller=acme, user=alice)
    page = unescape(as_(alice).get("/orders/?state=processed&page_size=2&sort=date").text)
    assert "1–2 of 3" in page
    assert 'href="/orders/?state=processed&page_size=2&sort=date&page=2"' in page


@pytest.mark.parametrize(("rows", "said"), [(1, "1 order"), (2, "2 orders")])
def test_the_result_is_counted(
    as_: SignedIn, alice: User, acme: Reseller, rows: int, said: str
) -> None:
    OrderFactory.create_batch(rows, reseller=acme, user=alice)
    page = as_(alice).get("/orders/").text
    assert f'<span role="status" id="result-count">{said}</span>' in page


def test_more_than_can_be_counted_at_once(
    as_: SignedIn, alice: User, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reseller_portal.lists.EXACT", 4)
    orders = OrderFactory.create_batch(7, reseller=acme, user=alice)
    page = as_(alice).get("/orders/?page_size=3").text
    assert '<span role="status" id="result-count">4+ orders</span>' in page
    assert "Export all matching orders" in page
    assert "Export the license keys of all matching orders" in page
    newest_first = [order.number for order in reversed(orders)]
    last = as_(alice).get("/orders/?page_size=3&page=last").text
    assert shown(last) == newest_first[-3:]
    assert "The last 3 of 4+" in last


def test_a_list_that_nobody_counted_is_read_from_its_end(
    as_: SignedIn, alice: User, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reseller_portal.lists.EXACT", 4)
    orders = OrderFactory.create_batch(7, reseller=acme, user=alice)
    seen: list[str] = []
    page, html = "last", ""
    while page:
        html = as_(alice).get(f"/orders/?page_size=3&page={page}").text
        seen = shown(html) + seen
        before = re.search(r'page=(last-\d)" rel="prev"', html)
        page = before[1] if before else ""
    assert seen == [order.number for order in reversed(orders)]
    assert "7–7 from the end of 4+" in html
    assert re.search(r'page=last-1" rel="next"', html)
    assert shown(as_(alice).get("/orders/?page_size=3&page=last-99").text) == seen[:3]
    assert "Give a number, or “last”." in as_(alice).get("/orders/?page=last--1").text


def test_export_says_what_it_covers(as_: SignedIn, alice: User, acme: Reseller) -> None:
    OrderFactory.create_batch(2, reseller=acme, user=alice)
    with time_machine.travel(timezone.now(), tick=False):
        page = unescape(as_(alice).get("/orders/?sort=date&page_size=50").text)
    today = acme.day_of(timezone.now()).isoformat()
    query = f"date_from={today}&date_to={today}&sort=date"
    assert "Export 2 orders" in page
    assert f'action="/exports/orders/?{query}"' in page
    assert f'action="/exports/license-keys/?{query}"' in page


def test_a_viewer_is_not_offered_license_keys(as_: SignedIn, bob: User, acme: Reseller) -> None:
    make_order(acme, user=bob)
    page = as_(bob).get("/orders/").text
    assert "/exports/orders/" in page
    assert "/exports/license-keys/" not in page
    assert "Activation code or" not in page


def chips(page: str) -> dict[str, str]:
    """Return the chips of a page: what each says, and where its link leads."""
    found = re.findall(r'<a class="chip" href="([^"]*)"[^>]*>([^<]*)<', page)
    return {unescape(text): unescape(address) for address, text in found}


def test_chips_say_what_bounds_the_list_and_take_it_away(
    as_: SignedIn, alice: User, ann: User, acme: Reseller
) -> None:
    query = (
        f"date_from=2026-11-01&date_to=2026-11-24&state=processed&user={ann.pk}&search=&sort=date"
    )
    page = as_(alice).get(f"/orders/?{query}").text
    assert chips(page) == {
        "Purchased: 1 Nov 2026 – 24 Nov 2026": f"?state=processed&user={ann.pk}&sort=date",
        "State: Processed": f"?date_from=2026-11-01&date_to=2026-11-24&user={ann.pk}&sort=date",
        "User: Ann Ackermann": "?date_from=2026-11-01&date_to=2026-11-24&state=processed&sort=date",
    }
    assert '<a class="chip-clear" href="?date_from=&amp;sort=date">' in page


def test_the_last_chip_leads_to_all_orders(as_: SignedIn, alice: User) -> None:
    assert list(chips(as_(alice).get("/orders/?state=failed").text).values()) == ["?date_from="]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("date_from=2026-11-01", "Purchased: from 1 Nov 2026"),
        ("expires_to=2026-11-01", "Expires: until 1 Nov 2026"),
        ("available=true", "Has licenses available"),
        ("order_number=12", "Order number: 12"),
    ],
)
def test_chips_in_words(as_: SignedIn, alice: User, query: str, said: str) -> None:
    assert list(chips(as_(alice).get(f"/orders/?{query}").text)) == [said]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Today", "2026-11-24", "2026-11-24"),
        ("Yesterday", "2026-11-23", "2026-11-23"),
        ("7 days", "2026-11-18", "2026-11-24"),
        ("This month", "2026-11-01", "2026-11-24"),
    ],
)
def test_presets(as_: SignedIn, alice: User, name: str, first: str, last: str) -> None:
    query = f"?date_from={first}&date_to={last}&state=processed"
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        page = unescape(as_(alice).get(f"/orders/{query}").text)
    assert re.search(rf'href="\{query}" id="preset-\d" aria-current="true">{name}<', page)


def test_other_days_are_custom(as_: SignedIn, alice: User) -> None:
    page = as_(alice).get("/orders/?date_from=2026-01-01").text
    assert re.search(r'href="#id_date_from"[^>]*aria-current="true">Custom<', page)


@pytest.mark.parametrize(
    ("query", "is_open"),
    [("", False), ("state=processed", False), ("available=true", True), ("user=x", True)],
)
def test_more_filters_stay_open_while_one_is_set(
    as_: SignedIn, alice: User, query: str, is_open: bool
) -> None:
    page = as_(alice).get(f"/orders/?{query}").text
    assert ('<details class="more" open>' in page) is is_open


def test_no_orders_at_all(as_: SignedIn, alice: User) -> None:
    assert "No orders yet" in as_(alice).get("/orders/").text


def test_none_today(as_: SignedIn, alice: User, acme: Reseller) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        old = make_order(acme, placed_at=timezone.now() - timedelta(days=29))
        page = unescape(as_(alice).get("/orders/").text)
        assert "No orders today" in page
        assert 'href="?date_from=2026-10-26&date_to=2026-11-24"' in page
        answer = as_(alice).get("/orders/?date_from=2026-10-26&date_to=2026-11-24")
    assert shown(answer.text) == [old.number]


def test_filters_that_exclude_all(as_: SignedIn, alice: User, acme: Reseller) -> None:
    make_order(acme)
    page = as_(alice).get("/orders/?state=failed").text
    assert "No orders match" in page
    assert '<a class="button" href="?date_from=">Clear all filters</a>' in page


def test_an_order_of_another_day_is_hinted_at(as_: SignedIn, alice: User, acme: Reseller) -> None:
    make_order(acme, number="1234567890", placed_at=timezone.now() - timedelta(days=400))
    page = as_(alice).get("/orders/?date_from=2026-01-01&order_number=123").text
    assert "1 order on other days matches." in page
    assert '<a class="button" href="?order_number=123">Search all days</a>' in page


def test_a_whole_number_leads_to_its_order_of_any_day(
    as_: SignedIn, alice: User, charlie: User, acme: Reseller, globex: Reseller
) -> None:
    make_order(acme, number="1234567890", placed_at="2025-11-24T23:30:00Z")
    make_order(globex)
    query = "date_from=2026-01-01&order_number=12345+67890"
    page = as_(alice).get(f"/orders/?{query}").text
    assert "Order 1234567890 was placed on 25 Nov 2025." in page
    assert '<a class="button" href="/orders/1234567890/">Open order 1234567890</a>' in page
    assert "Open order" not in as_(alice).get(f"/orders/?{query}&state=refunded").text
    assert "Open order" not in as_(charlie).get(f"/orders/?{query}").text


def test_an_order_of_a_stranger_is_not_hinted_at(
    as_: SignedIn, charlie: User, globex: Reseller, acme: Reseller
) -> None:
    make_order(globex)
    make_order(acme, number="1234567890", placed_at=timezone.now() - timedelta(days=400))
    page = as_(charlie).get("/orders/?date_from=2026-01-01&order_number=123").text
    assert "No orders match" in page


def test_the_open_tile_is_in_the_address(as_: SignedIn, alice: User, acme: Reseller) -> None:
    order, other = make_order(acme), make_order(acme)
    page = as_(alice).get(f"/orders/?open={order.number}").text
    assert re.search(rf'<details class="tile" [^>]*data-number="{order.number}" open>', page)
    assert page.count("Payment Type") == 1
    assert f'<a class="no-script" href="/orders/{other.number}/">' in page


@pytest.mark.parametrize("number", ["0000000000", "%00", "x" * 5000])
def test_an_open_tile_that_is_not_there_is_none(
    as_: SignedIn, alice: User, acme: Reseller, number: str
) -> None:
    make_order(acme)
    assert "Payment Type" not in as_(alice).get(f"/orders/?open={number}").text
