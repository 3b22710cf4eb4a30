"""The home page: each figure is what its list shows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.account import park_account
from billing.models import Account
from catalog.models import Product
from desk.home.figures import Figure
from licenses.models import AttemptOutcome, License
from resellers.models import Reseller, User
from resellers.steps import record
from tests.factories import (
    ProductFactory,
    make_active,
    make_cancelled,
    make_entry,
    make_order,
)
from tests.licenses.renewing import make_guard, make_renewing, make_tried
from tests.mailing.test_log import make_mail

As = Callable[[User], Client]
BERLIN = ZoneInfo("Europe/Berlin")
BALANCE, RENEWALS, ENDING, ACTIVATED, TODAY, STOCK = range(6)


@pytest.fixture
def client(as_: As, bob: User) -> Client:
    """Bob's browser: to look is enough."""
    return as_(bob)


@pytest.fixture
def guard(acme: Reseller) -> Product:
    return make_guard()


def home(client: Client) -> Any:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.context


def figure(client: Client, which: int) -> Figure:
    found: Figure = home(client)["figures"][which]
    return found


def first_license(reseller: Reseller, **fields: Any) -> License:
    return make_order(reseller, quantity=1, **fields).licenses.get()


def test_orders_today_are_those_of_the_resellers_own_day(client: Client, acme: Reseller) -> None:
    midnight = timezone.now().astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    make_order(acme, quantity=2, placed_at=midnight)
    make_order(acme, quantity=1, placed_at=midnight - timedelta(seconds=1))
    shown = figure(client, TODAY)
    assert (shown.value, str(shown.note)) == ("1", "2 licenses bought")
    assert client.get(shown.url).context["counted"] == "1 order"


def test_the_stock_leaves_out_what_is_activated_or_cancelled(
    client: Client, acme: Reseller
) -> None:
    order = make_order(acme, quantity=4)
    make_order(acme, quantity=1)
    used, cancelled, *_ = order.licenses.all()
    make_active(used)
    order.refresh_from_db()
    make_cancelled(order.licenses.get(pk=cancelled.pk))
    shown = figure(client, STOCK)
    assert (shown.value, str(shown.note)) == ("3", "in 2 orders")
    assert client.get(shown.url).context["counted"] == "2 orders, 3 licenses available"


def test_the_stock_of_each_product_is_that_of_its_orders(client: Client, acme: Reseller) -> None:
    guard, mail = ProductFactory.create(name="Guard"), ProductFactory.create(name="Mail")
    for product, quantity in ((guard, 2), (guard, 5), (mail, 9), (mail, 1)):
        make_order(acme, product=product, quantity=quantity)
    make_active(first_license(acme, product=ProductFactory.create(name="Sold out")))
    stock = home(client)["stock"]
    assert [(shelf.product, width) for shelf, width in stock.bars()] == [
        ("Mail", 600),
        ("Guard", 420),
    ]
    for shelf, said in zip(stock.shelves, ("10", "7"), strict=True):
        counted = f"2 orders, {said} licenses available"
        assert client.get(shelf.url).context["counted"] == counted


def test_activated_this_month_begins_at_the_first_midnight_in_the_zone(
    client: Client, acme: Reseller
) -> None:
    first = datetime.combine(
        acme.day_of(timezone.now()).replace(day=1), datetime.min.time(), BERLIN
    )
    make_active(first_license(acme), activated_at=first)
    make_active(first_license(acme), activated_at=first - timedelta(seconds=1))
    make_cancelled(make_active(first_license(acme)))
    shown = figure(client, ACTIVATED)
    assert shown.value == "2"
    assert client.get(shown.url).context["counted"] == "2 activations"


def test_what_ends_is_what_does_not_renew_those_in_grace_too(
    client: Client, acme: Reseller, guard: Product
) -> None:
    for days in (-15, -14, 0, 30, 31):
        make_renewing(acme, guard, days, recurrent=False)
    make_renewing(acme, guard, 5)
    shown = figure(client, ENDING)
    assert shown.value == "3"
    assert client.get(shown.url).context["pages"].counted == "3"


def test_renewals_are_counted_and_summed_as_on_their_page(
    client: Client, acme: Reseller, guard: Product
) -> None:
    make_renewing(acme, guard, 37)
    make_renewing(acme, guard, 38)
    make_renewing(acme, guard, 10, term_months=1)
    make_renewing(acme, guard, 5, recurrent=False)
    shown = figure(client, RENEWALS)
    forecast = client.get(shown.url).context["forecast"]
    assert (shown.value, str(shown.note)) == (f"{forecast.amount:.2f}", "2 charges")
    assert forecast.charges == 2


def test_the_weeks_ahead_are_those_of_the_page_of_renewals(
    client: Client, acme: Reseller, guard: Product
) -> None:
    for days in (8, 60, 95):
        make_renewing(acme, guard, days)
    there = client.get("/renewals/?days=90").context
    assert home(client)["ahead"].weeks == there["chart"].weeks
    assert home(client)["forecast"].amount == there["forecast"].amount
    assert "/renewals/?days=90" in client.get("/").text


def test_the_balance_says_on_which_day_it_runs_out(
    client: Client, acme: Reseller, guard: Product
) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=50)
    make_entry(acme, "100.00")
    make_renewing(acme, guard, 50)
    shown = figure(client, BALANCE)
    assert (str(shown.label), shown.value, shown.tone) == ("Balance in EUR", "100.00", "")
    assert "pays all renewals until" in str(shown.note)
    make_renewing(acme, guard, 60)
    shown = figure(client, BALANCE)
    runs_out: date = acme.day_of(timezone.now()) + timedelta(days=53)
    assert str(shown.note) == f"runs out on {runs_out.day} {runs_out:%b %Y}"
    assert shown.tone == "warn"
    assert client.get("/renewals/?days=90").context["forecast"].limit.on == runs_out
    assert client.get(shown.url).context["account"].balance == 100
    assert home(client)["balance"].points == client.get(shown.url).context["chart"].points


def test_a_parked_balance_promises_nothing(
    client: Client, acme: Reseller, guard: Product, sam: User
) -> None:
    make_entry(acme, "100.00")
    make_renewing(acme, guard, 50)
    assert "The account is parked" not in client.get("/").text
    park_account(acme.pk, "Under review", actor=sam, now=timezone.now())
    shown = figure(client, BALANCE)
    assert (str(shown.note), shown.tone) == ("pays nothing while it is parked", "warn")
    assert "The account is parked while the vendor checks it." in client.get("/").text


def test_what_to_look_at_is_as_much_as_its_lists_show(
    as_: As, alice: User, acme: Reseller, guard: Product
) -> None:
    make_tried(make_renewing(acme, guard, 5), AttemptOutcome.NOT_COVERED)
    make_tried(make_renewing(acme, guard, 6), AttemptOutcome.UNKNOWN)
    make_mail(acme, state="failed")
    make_mail(acme, state="stuck")
    make_mail(acme, state="failed", queued_at=timezone.now() - timedelta(days=8))
    make_mail(acme)
    client = as_(alice)
    counts = {}
    for matter in home(client)["matters"]:
        counts[str(matter.label)] = matter.found.pages.counted
        assert client.get(matter.found.url).context["pages"].counted == counts[str(matter.label)]
    assert counts == {"Renewals that fail": "1", "Mails that failed in 7 days": "2"}


def test_mails_and_activity_are_for_admins(
    as_: As, alice: User, ann: User, bob: User, acme: Reseller
) -> None:
    order = make_order(acme, user=ann)
    record("order.placed", order.number, reseller=acme, actor=ann)
    make_mail(acme, state="failed")
    for person in (ann, bob):
        page = as_(person).get("/").text
        assert "Latest orders" in page
        for theirs in ("Latest activity", "Mails that failed", "/mails/", "/activity/"):
            assert theirs not in page
    page = as_(alice).get("/").text
    assert "Latest activity" in page
    assert "Mails that failed" in page


def test_who_may_buy_is_led_there(as_: As, ann: User, bob: User, acme: Reseller) -> None:
    make_active(first_license(acme))
    assert "Buy licenses" in as_(ann).get("/").text
    assert "Buy licenses" not in as_(bob).get("/").text


def test_a_new_company_is_told_what_will_stand_here(as_: As, ann: User, bob: User) -> None:
    for person, may_buy in ((ann, True), (bob, False)):
        page = as_(person).get("/").text
        assert "First steps" in page
        assert "nothing falls due before" in page
        assert "No licenses are for resale." in page
        assert "Nothing has moved the balance" in page
        assert ("/orders/buy/" in page) == may_buy


def test_nothing_of_another_reseller_is_counted(
    client: Client, acme: Reseller, globex: Reseller, guard: Product
) -> None:
    make_active(first_license(globex))
    make_order(globex)
    make_renewing(globex, guard, 5, recurrent=False)
    make_entry(globex, "5.00")
    shown = home(client)
    assert [figure.value for figure in shown["figures"]] == ["0.00", "0.00", "0", "0", "0", "0"]
    assert shown["first"]
    assert not list(shown["orders"])


def test_staff_are_led_to_the_admin_site(as_: As, sam: User) -> None:
    answer = as_(sam).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def grown(client: Client, acme: Reseller, guard: Product, count: int) -> int:
    """Let a company grow, and count what its home page asks then."""
    for at in range(count):
        license = make_renewing(acme, guard, 5 + at)
        make_order(acme, product=ProductFactory.create())
        make_mail(acme, state="failed")
        record("license.activated", str(license.uuid), reseller=acme, actor=None)
        record("order.placed", license.order.number, reseller=acme, actor=None)
    with CaptureQueriesContext(connection) as captured:
        home(client)
    return len(captured)


def test_the_page_asks_as_much_of_a_large_account_as_of_a_small_one(
    as_: As, alice: User, bob: User, acme: Reseller, guard: Product
) -> None:
    for person, most in ((alice, 18), (bob, 16)):
        client = as_(person)
        few = grown(client, acme, guard, 5)
        assert grown(client, acme, guard, 12) == few <= most
