"""The list of renewals: its rows, its filters, what stands above it, and who may do what."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import park_account
from catalog.models import Price, Product
from licenses.models import AttemptOutcome, License
from reseller_portal.display import day_text
from resellers.models import Reseller, User
from tests.factories import PriceFactory, ProductFactory, make_entry, make_order
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of

As = Callable[[User], Client]


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def today(acme: Reseller) -> date:
    return today_of(acme)


def page(client: Client, **query: str) -> Any:
    answer = client.get("/renewals/", query)
    assert answer.status_code == 200
    return answer


def shown(client: Client, **query: str) -> list[int]:
    return [row.license.pk for row in page(client, **query).context["rows"]]


def test_the_next_charge_of_each_license_is_shown(
    as_: As, bob: User, acme: Reseller, guard: Product, today: date
) -> None:
    make_entry(acme, "500.00")
    license = make_renewing(acme, guard, 20, company="Ölwerk")
    text = page(as_(bob)).content.decode()
    for part in ("Guard", license.order.number, "Ölwerk", day_text(today + timedelta(days=20))):
        assert part in text
    assert day_text(today + timedelta(days=13)) in text
    assert '<span class="currency">EUR</span>&nbsp;120.00' in text
    assert "CSS balance" in text
    assert license.activation_code not in text


@pytest.mark.parametrize(("days", "expected"), [("", 1), ("30", 1), ("60", 2), ("90", 3)])
def test_the_page_looks_30_60_or_90_days_ahead(
    *, as_: As, bob: User, acme: Reseller, guard: Product, days: str, expected: int
) -> None:
    for away in (37, 67, 97, 98):
        make_renewing(acme, guard, away)
    assert len(shown(as_(bob), days=days)) == expected
    assert page(as_(bob), days=days).context["forecast"].charges == expected


def test_rows_come_in_the_order_in_which_they_are_charged(
    as_: As, bob: User, acme: Reseller, guard: Product
) -> None:
    late, today, grace = (make_renewing(acme, guard, days) for days in (30, 3, -2))
    assert shown(as_(bob)) == [grace.pk, today.pk, late.pk]
    assert shown(as_(bob), sort="-day") == [late.pk, today.pk, grace.pk]


@pytest.fixture
def four(acme: Reseller, guard: Product) -> dict[str, License]:
    """One that is paid, one of another product without a price, one failing, one not covered."""
    make_entry(acme, "120.00")
    paid = make_renewing(acme, guard, 7, company="Alpha")
    other = ProductFactory.create(name="Vault", slug="vault")
    no_price = make_renewing(acme, other, 20, company="Beta")
    failing = make_renewing(acme, guard, 5, company="Gamma")
    make_tried(failing, AttemptOutcome.NOT_COVERED, "The balance was short.")
    late = make_renewing(acme, guard, 30, company="Delta", term_months=12)
    return {"paid": paid, "no_price": no_price, "failing": failing, "late": late}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "paid failing no_price late"),
        ({"product": "vault"}, "no_price"),
        ({"customer": "alph"}, "paid"),
        ({"customer": "@customer.example"}, "paid failing no_price late"),
        ({"paid_by": "balance"}, "paid"),
        ({"paid_by": "not_covered"}, "failing late"),
        ({"paid_by": "no_price"}, "no_price"),
        ({"paid_by": "card"}, ""),
        ({"state": "failing"}, "failing"),
        ({"state": "waiting"}, "paid no_price late"),
        ({"state": "checking"}, ""),
        ({"state": "failing", "paid_by": "balance"}, ""),
        ({"sort": "customer"}, "paid no_price late failing"),
        ({"sort": "to"}, "failing paid no_price late"),
        ({"sort": "product"}, "paid failing late no_price"),
    ],
)
def test_filters_and_sorts(
    as_: As, bob: User, four: dict[str, License], query: dict[str, str], expected: str
) -> None:
    assert shown(as_(bob), **query) == [four[name].pk for name in expected.split()]


def test_an_order_is_found_by_the_beginning_of_its_number(
    as_: As, bob: User, four: dict[str, License]
) -> None:
    number = four["late"].order.number
    assert shown(as_(bob), order_number=f" {number[:5]} {number[5:]}") == [four["late"].pk]


def test_days_narrow_the_rows_and_not_the_sums(
    as_: As, bob: User, four: dict[str, License], today: date
) -> None:
    day = (today + timedelta(days=23)).isoformat()
    found = page(as_(bob), date_from=day, date_to=day)
    assert [row.license.pk for row in found.context["rows"]] == [four["late"].pk]
    assert found.context["forecast"].charges == 4
    assert [chip.label for chip in found.context["chips"]] == [
        f"Day: {day_text(today + timedelta(days=23))}"
    ]


def test_a_failing_one_says_what_happened_and_when_it_is_tried_again(
    as_: As, bob: User, four: dict[str, License], today: date
) -> None:
    text = page(as_(bob), state="failing").content.decode()
    assert "Not covered" in text
    assert "The balance was short." in text
    tomorrow = today + timedelta(days=1)
    assert f'Next try <time datetime="{tomorrow}">' in text


def test_what_is_not_covered_says_what_to_deposit(
    as_: As, bob: User, four: dict[str, License], today: date
) -> None:
    found = page(as_(bob))
    rows = {row.license.pk: row for row in found.context["rows"]}
    assert rows[four["failing"].pk].missing == 120
    assert rows[four["late"].pk].missing == 240
    text = found.content.decode()
    assert "deposit EUR\xa0120.00" in text
    assert "Deposit EUR\xa0240.00 by then" in text
    assert "1 charge has no price today" in text


def test_licenses_that_end_without_renewal_are_a_view_of_their_own(
    as_: As, bob: User, acme: Reseller, guard: Product, today: date
) -> None:
    make_renewing(acme, guard, 20)
    ends = make_renewing(acme, guard, 30, recurrent=False)
    grace = make_renewing(acme, guard, -14, recurrent=False)
    for days in (31, -15):
        make_renewing(acme, guard, days, recurrent=False)
    assert shown(as_(bob), show="ending") == [grace.pk, ends.pk]
    text = page(as_(bob), show="ending").content.decode()
    assert "A renewal costs" in text
    assert 'id="show-ending" aria-current="true"' in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("days", "31"),
        ("days", "\0"),
        ("show", "all"),
        ("date_from", "2026-02-30"),
        ("date_to", "soon"),
        ("product", "nothing"),
        ("order_number", "12a"),
        ("customer", "x" * 300),
        ("customer", "\0"),
        ("paid_by", "luck"),
        ("state", "paid"),
        ("page", "x"),
        ("page_size", "many"),
        ("sort", "uuid"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(
    as_: As, bob: User, four: dict[str, License], name: str, value: str
) -> None:
    found = page(as_(bob), **{name: value})
    assert name in found.context["form"].errors
    assert found.context["rows"] == []
    assert "Nothing was searched" in found.content.decode()


def test_what_does_not_renew_is_not_asked_how_it_is_paid(
    as_: As, bob: User, four: dict[str, License]
) -> None:
    found = page(as_(bob), show="ending", paid_by="balance")
    assert "paid_by" in found.context["form"].errors


def test_links_keep_what_was_asked(as_: As, bob: User, four: dict[str, License]) -> None:
    context = page(as_(bob), days="60", customer="a", sort="to", page_size="50").context
    assert context["query"] == "customer=a&days=60&sort=to&page_size=50"
    assert context["clear_url"] == "?days=60&sort=to&page_size=50"
    assert context["views"][1][1] == "?customer=a&days=60&show=ending&sort=to&page_size=50"
    assert context["filters"].view_fields() == [("days", "60")]


@pytest.mark.parametrize(
    ("query", "text", "way_out"),
    [
        ({}, "Nothing renews in the next 30 days", "Look 60 days ahead"),
        ({"days": "90"}, "Nothing renews in the next 90 days", ""),
        ({"show": "ending"}, "Nothing ends in the next 30 days", "Look 60 days ahead"),
        ({"customer": "x"}, "No licenses match", "Clear all filters"),
    ],
)
def test_an_empty_list_says_why_and_what_next(
    *,
    as_: As,
    bob: User,
    acme: Reseller,
    guard: Product,
    query: dict[str, str],
    text: str,
    way_out: str,
) -> None:
    make_renewing(acme, guard, 300)
    found = page(as_(bob), **query)
    assert text in found.content.decode()
    assert found.context["empty"].label == way_out


def test_a_company_without_licenses_in_use_is_told_so(as_: As, bob: User, acme: Reseller) -> None:
    make_order(acme)
    assert "Nothing to renew yet" in page(as_(bob)).content.decode()


def test_charlie_sees_nothing_of_it(as_: As, charlie: User, four: dict[str, License]) -> None:
    found = page(as_(charlie), days="90")
    assert (found.context["rows"], found.context["forecast"].charges) == ([], 0)
    assert four["paid"].order.number not in found.content.decode()


def test_a_parked_account_is_said_to_be_parked(
    as_: As, bob: User, acme: Reseller, sam: User
) -> None:
    park_account(acme.pk, "Something internal", actor=sam, now=timezone.now())
    text = page(as_(bob)).content.decode()
    assert "parked while the vendor checks it" in text
    assert "Something internal" not in text


def test_a_viewer_may_only_look(as_: As, bob: User, ann: User, four: dict[str, License]) -> None:
    address = f"/licenses/{four['paid'].uuid}/billing-state/"
    assert address not in page(as_(bob)).content.decode()
    assert address in page(as_(ann)).content.decode()


def test_a_page_costs_the_same_whatever_there_is(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    client = as_(ann)
    make_entry(acme, "130.00")
    counts = []
    for extra in (2, 30):
        for _ in range(extra):
            license = make_renewing(acme, guard, 20)
            make_tried(make_renewing(acme, guard, 4), AttemptOutcome.NOT_COVERED)
        PriceFactory.create(product=license.product, minimum_quantity=extra + 20)
        for query in ({}, {"page_size": "100"}, {"page": "last", "page_size": "2", "sort": "-day"}):
            with CaptureQueriesContext(connection) as captured:
                page(client, **query)
            counts.append(len(captured))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12


def test_pages_go_on(as_: As, bob: User, acme: Reseller, guard: Product) -> None:
    made = [make_renewing(acme, guard, 20).pk for _ in range(12)]
    assert shown(as_(bob), page="2", page_size="5") == made[5:10]
    assert shown(as_(bob), page="last", page_size="5") == made[10:]
    assert shown(as_(bob), page="999", page_size="5") == made[10:]


def test_the_home_page_leads_here(as_: As, bob: User, acme: Reseller, guard: Product) -> None:
    make_renewing(acme, guard, 20)
    text = as_(bob).get("/").content.decode()
    assert "Renewals in 30 days" in text
    assert "runs out on" in text
    assert text.count('href="/renewals/"') == 3


def test_a_fragment_has_the_same_region_and_pushes_its_address(
    as_: As, bob: User, four: dict[str, License]
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/renewals/"}
    answer = as_(bob).get("/renewals/?customer=alph&days=&page_size=25", headers=headers)
    assert answer.headers["HX-Push-Url"] == "/renewals/?customer=alph"
    assert answer.content.decode().count('id="renewals"') == 1
    assert "<html" not in answer.content.decode()


def test_the_page_is_light(as_: As, ann: User, acme: Reseller, guard: Product) -> None:
    for _ in range(25):
        make_renewing(acme, guard, 20)
    answer = as_(ann).get("/renewals/", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 12_000


def test_prices_that_are_gone_are_said_to_be(
    as_: As, bob: User, acme: Reseller, guard: Product
) -> None:
    make_renewing(acme, guard, 20)
    Price.objects.all().delete()
    assert "No price" in page(as_(bob)).content.decode()
