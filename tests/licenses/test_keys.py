"""The license keys of an order: a table that sorts, pages, searches, and the same as CSV."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from licenses.filters import LicenseKeyFilter
from licenses.models import License
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import (
    CustomerFactory,
    DistributionCompanyFactory,
    make_active,
    make_cancelled,
    make_order,
)

SignIn = Callable[[User], Client]
HEADER = [
    "Activation Code",
    "From",
    "To",
    "Auto Renew",
    "Recurrent",
    "Distribution Company",
    "Product",
    "Order Number",
    "Status",
    "Customer",
    "Activation Code Link",
]


@pytest.fixture
def order(acme: Reseller) -> Order:
    """Six licenses: available, active (recurrent), in grace, expired, cancelled, available."""
    distributor = DistributionCompanyFactory.create(reseller=acme, name="Kanal 7")
    order = make_order(acme, quantity=6, distribution_company=distributor)
    _available, active, grace, expired, cancelled, _other = order.licenses.all()
    today = acme.day_of(timezone.now())
    active.recurrent = True
    for license, name, ends_on in (
        (active, "Zeta", today + timedelta(days=30)),
        (grace, "alpha", today - timedelta(days=1)),
        (expired, "Beta", today - timedelta(days=100)),
    ):
        customer = CustomerFactory.create(
            reseller=acme, company=name, email=f"{name}@customer.example"
        )
        make_active(license, customer=customer, ends_on=ends_on)
    make_cancelled(cancelled)
    return order


def address(order: Order, query: str = "") -> str:
    return f"/orders/{order.number}/license-keys/{query}"


def shown(client: Client, order: Order, query: str = "", **headers: str) -> list[str]:
    """Return the ids of the rows, as the table shows them."""
    page = client.get(address(order, query), headers=headers).content.decode()
    return re.findall(r'<tr role="row" id="license-([^"]+)"', page)


def rows(client: Client, order: Order, query: str = "?format=csv") -> list[list[str]]:
    """Return the file, read by a CSV reader."""
    response: Any = client.get(address(order, query))
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def places(order: Order, ids: list[str]) -> list[int]:
    """Return which of the order's licenses these are, counted as bought."""
    as_bought = [str(uuid) for uuid in order.licenses.order_by("pk").values_list("uuid", flat=True)]
    return [as_bought.index(uuid) for uuid in ids]


def test_ann_sees_every_license_with_what_it_is_today(as_: SignIn, ann: User, order: Order) -> None:
    page = as_(ann).get(address(order)).content.decode()
    cells = re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', page, re.DOTALL)
    by_label: dict[str, list[str]] = {}
    for label, cell in cells:
        by_label.setdefault(label, []).append(" ".join(re.sub("<[^>]+>", "", cell).split()))
    assert by_label["Status"] == [
        "Available",
        "Active",
        "Grace",
        "Expired",
        "Cancelled",
        "Available",
    ]
    assert by_label["Auto Renew"] == ["False", "True", "False", "False", "False", "False"]
    assert by_label["Recurrent"] == ["False", "True", "False", "False", "False", "False"]
    assert by_label["Customer"] == ["", "Zeta", "alpha", "Beta", "", ""]
    assert set(by_label["Distribution Company"]) == {"Kanal 7"}
    assert by_label["Activation Code"][0] == order.licenses.all()[0].activation_code


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("status", [0, 5, 1, 2, 3, 4]),
        ("-status", [4, 3, 2, 1, 0, 5]),
        ("ends_on", [3, 2, 1, 0, 4, 5]),
        ("-ends_on", [1, 2, 3, 0, 4, 5]),
        ("anchor_on", [3, 2, 1, 0, 4, 5]),
        ("-anchor_on", [1, 2, 3, 0, 4, 5]),
        ("-auto_renew", [1, 0, 2, 3, 4, 5]),
        ("recurrent", [0, 2, 3, 4, 5, 1]),
    ],
)
def test_each_column_sorts_both_ways_with_empty_cells_last(
    as_: SignIn, ann: User, order: Order, sort: str, expected: list[int]
) -> None:
    assert places(order, shown(as_(ann), order, f"?sort={sort}")) == expected


@pytest.mark.parametrize("sort", ["customer", "-customer"])
def test_customers_sort_with_the_unactivated_last(
    as_: SignIn, ann: User, order: Order, sort: str
) -> None:
    found = places(order, shown(as_(ann), order, f"?sort={sort}"))
    assert set(found[:3]) == {1, 2, 3}
    assert found[3:] == [0, 4, 5]


def test_codes_sort_by_what_is_shown(as_: SignIn, ann: User, bob: User, order: Order) -> None:
    codes = {str(license.uuid): license.activation_code for license in order.licenses.all()}
    whole = [codes[uuid] for uuid in shown(as_(ann), order, "?sort=activation_code")]
    assert whole == sorted(codes.values())
    ends = [codes[uuid][-5:] for uuid in shown(as_(bob), order, "?sort=activation_code")]
    assert ends == sorted(code[-5:] for code in codes.values())


def test_the_column_that_sorts_says_so(as_: SignIn, ann: User, order: Order) -> None:
    page = as_(ann).get(address(order, "?sort=-ends_on")).content.decode()
    assert page.count("aria-sort=") == 1
    assert re.search(r'aria-sort="descending"[^>]*>\s*<a [^>]*href="[^"]*\?sort=ends_on"', page)


@pytest.mark.parametrize("sort", ["activation_code", "-status", "customer", "auto_renew", ""])
def test_pages_never_overlap_nor_leave_out(as_: SignIn, ann: User, order: Order, sort: str) -> None:
    client = as_(ann)
    query = "?page_size=2&sort={}&page={}"
    seen = [uuid for page in (1, 2, 3) for uuid in shown(client, order, query.format(sort, page))]
    assert len(seen) == len(set(seen)) == 6
    assert shown(client, order, query.format(sort, "last")) == seen[-2:]


@pytest.mark.parametrize("sort", LicenseKeyFilter.sorts)
def test_every_sort_ends_in_the_key(ann: User, order: Order, sort: str) -> None:
    filters = LicenseKeyFilter(
        QueryDict(f"sort={sort}"), user=ann, now=timezone.now(), order_id=order.pk
    )
    assert filters.is_valid()
    assert filters.found_sorted().query.order_by[-1] == "pk"


def test_a_page_holds_up_to_a_hundred(as_: SignIn, ann: User, acme: Reseller) -> None:
    large = make_order(acme, quantity=130)
    client = as_(ann)
    assert len(shown(client, large)) == 25
    assert len(shown(client, large, "?page_size=100")) == 100
    assert len(shown(client, large, "?page_size=5000")) == 100
    assert len(shown(client, large, "?page_size=100&page=2")) == 30


def test_the_number_of_queries_does_not_grow(
    as_: SignIn, ann: User, acme: Reseller, django_assert_num_queries: Any
) -> None:
    client = as_(ann)
    for quantity, size in ((3, 25), (120, 25), (120, 100)):
        order = make_order(acme, quantity=quantity)
        for license in list(order.licenses.all())[: quantity // 2]:
            make_active(license)
        with django_assert_num_queries(7):
            client.get(address(order, f"?page_size={size}&sort=-customer"))


def test_a_large_order_can_be_searched(as_: SignIn, ann: User, order: Order) -> None:
    client, license = as_(ann), order.licenses.all()[0]
    code = license.activation_code
    for typed in (code, code.lower(), code.replace("-", ""), code[:7], code[-5:], f"…-{code[-5:]}"):
        assert places(order, shown(client, order, f"?search={typed}")) == [0]
    assert places(order, shown(client, order, "?search=zeta")) == [1]
    assert places(order, shown(client, order, "?search=ALPHA@customer")) == [2]
    assert places(order, shown(client, order, "?status=available")) == [0, 5]
    assert shown(client, order, "?status=available&search=zeta") == []


def test_a_search_that_finds_nothing_says_how_to_go_on(
    as_: SignIn, ann: User, order: Order
) -> None:
    page = as_(ann).get(address(order, "?search=nobody")).content.decode()
    assert "Clear the search to see all." in page
    assert f'href="{address(order)}"' in page


def test_a_small_order_has_no_search_box(as_: SignIn, ann: User, order: Order) -> None:
    assert 'id="search-keys-' not in as_(ann).get(address(order)).text


# People who may not see codes


def test_bob_sees_the_last_group_only_and_cannot_search_by_code(
    as_: SignIn, bob: User, order: Order
) -> None:
    client = as_(bob)
    page = client.get(address(order)).content.decode()
    letters = re.sub(r"<wbr>|[^\w<>]", "", page)
    for license in order.licenses.all():
        assert license.activation_code[18:].replace("-", "") not in letters
        assert f"…-{license.activation_code[-5:]}</span>" in page
        assert shown(client, order, f"?search={license.activation_code}") == []
        assert shown(client, order, f"?search={license.activation_code[:5]}") == []
        assert shown(client, order, f"?search={license.activation_code[-5:]}") == []


def test_bobs_file_has_the_last_groups_and_no_links(as_: SignIn, bob: User, order: Order) -> None:
    found = rows(as_(bob), order)
    assert found[0] == HEADER
    codes = order.licenses.order_by("pk").values_list("activation_code", flat=True)
    assert [row[0] for row in found[1:]] == [f"…-{code[-5:]}" for code in codes]
    assert {row[-1] for row in found[1:]} == {""}


def test_bobs_menu_lists_what_he_may_not_do_with_the_reason(
    as_: SignIn, bob: User, order: Order
) -> None:
    page = as_(bob).get(address(order)).content.decode()
    menu = page[page.index('<div class="pop" id="menu-') :]
    menu = menu[: menu.index("</div>")]
    assert menu.count('aria-disabled="true"') == 6
    assert "Your role may not see activation links." in menu
    assert menu.count("Your role may only look.") == 4
    assert "href=" not in menu


@pytest.mark.parametrize("place", [1, 4])
def test_ann_may_open_the_dialog_of_a_dead_link(
    as_: SignIn, ann: User, order: Order, place: int
) -> None:
    """It says since when a license is used, or why it cannot be."""
    license = order.licenses.order_by("pk")[place]
    page = as_(ann).get(address(order)).content.decode()
    assert f'href="/licenses/{license.uuid}/activation-link/"' in page
    assert f'href="/licenses/{license.uuid}/activate/"' not in page


# The file


def test_the_file_holds_every_license_with_its_words(
    as_: SignIn, ann: User, order: Order, settings: Any
) -> None:
    found = rows(as_(ann), order)
    assert found[0] == HEADER
    assert [row[8] for row in found[1:]] == [
        "available",
        "active",
        "grace",
        "expired",
        "cancelled",
        "available",
    ]
    license = order.licenses.all()[1]
    code = license.activation_code
    assert found[2] == [
        code,
        str(license.anchor_on),
        str(license.ends_on),
        "True",
        "True",
        "Kanal 7",
        str(order.product),
        order.number,
        "active",
        "Zeta",
        f"{settings.SITE_URL}/activate/{code}/",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found[2][1])
    assert found[1][1:5] == ["", "", "False", "False"]


def test_only_a_cancelled_license_has_no_link(as_: SignIn, ann: User, order: Order) -> None:
    assert {row[8]: bool(row[-1]) for row in rows(as_(ann), order)[1:]} == {
        **dict.fromkeys(("available", "active", "grace", "expired"), True),
        "cancelled": False,
    }


def test_the_file_follows_the_search_and_the_sort(as_: SignIn, ann: User, order: Order) -> None:
    found = rows(as_(ann), order, "?status=available&sort=-activation_code&format=csv")
    codes = [row[0] for row in found[1:]]
    assert len(codes) == 2
    assert codes == sorted(codes, reverse=True)


def test_the_file_is_a_download_named_after_the_order(as_: SignIn, ann: User, order: Order) -> None:
    response = as_(ann).get(address(order, "?format=csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        f'attachment; filename="license-keys-{order.number}.csv"'
    )


# In the tile, and what is no order of theirs


def test_in_the_tile_only_the_table_comes_and_the_address_stays(
    as_: SignIn, ann: User, order: Order
) -> None:
    response = as_(ann).get(address(order), headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert "HX-Push-Url" not in response
    assert f'hx-get="{address(order)}?sort=ends_on"' in page


def test_an_order_without_licenses_says_why(as_: SignIn, ann: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=5, state="checking", available=0)
    page = as_(ann).get(address(order)).content.decode()
    assert "This order has no licenses: its payment has not gone through." in page
    assert len(rows(as_(ann), order)) == 1


@pytest.mark.parametrize("query", ["", "?format=csv"])
def test_for_charlie_there_is_no_such_order(
    as_: SignIn, charlie: User, order: Order, query: str
) -> None:
    client = as_(charlie)
    theirs, none = client.get(address(order, query)), client.get("/orders/9999999999/license-keys/")
    assert theirs.status_code == none.status_code == HTTPStatus.NOT_FOUND
    bare = [re.sub(rb"Token\W+\w+", b"", answer.content) for answer in (theirs, none)]
    assert bare[0].replace(order.number.encode(), b"") == bare[1].replace(b"9999999999", b"")


def test_another_resellers_licenses_are_not_in_the_table(
    as_: SignIn, ann: User, order: Order, globex: Reseller
) -> None:
    make_order(globex, quantity=3)
    assert len(shown(as_(ann), order)) == 6
    assert License.objects.count() == 9


BAD = [
    *("sort=nonsense", "sort=pk;drop", "status=sold", "page=x", "page=-3", "page=99999999999999"),
    *("page_size=0", "page_size=-1", "page_size=abc", "search=%00", f"search={'x' * 10_000}"),
    *("search=%FF%FE", "search=%E2%80%AE", "status=%00", "sort=%00", "format=exe", "page=1&page=2"),
    *("page=%D9%A3", "search=---", "search=%25", "search=_", "sort=-", "sort=--status"),
]


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("end", ["", "&format=csv"])
def test_no_query_breaks_the_table(
    as_: SignIn, ann: User, order: Order, query: str, end: str
) -> None:
    status = as_(ann).get(address(order, f"?{query}{end}")).status_code
    assert status in ({200, 422} if end else {200})


@pytest.mark.parametrize("query", ["status=sold", "search=%00", f"search={'x' * 300}"])
def test_an_invalid_search_shows_its_error_and_no_rows(
    as_: SignIn, ann: User, order: Order, query: str
) -> None:
    client = as_(ann)
    assert shown(client, order, f"?{query}") == []
    assert 'aria-invalid="true"' in client.get(address(order, f"?{query}")).content.decode()
