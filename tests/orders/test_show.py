"""One order: its facts, what can be done with it, and what happened to it."""

import re
from functools import partial
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from licenses.codes import last_group
from mailing.models import Mail
from mailing.steps import queue_mail
from orders.confirmation import KIND
from orders.models import Order, OrderState
from resellers.models import Reseller, User
from resellers.steps import record
from tests.factories import (
    DistributionCompanyFactory,
    OrderFactory,
    ProductFactory,
    make_active,
    make_cancelled,
    make_order,
)
from tests.orders.conftest import SignedIn, first_license

HTMX = {"HX-Request": "true"}


def words(page: str) -> str:
    """Return a page as text on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """Three licenses for twelve months, bought by Alice."""
    return make_order(acme, user=alice, product=ProductFactory.create(name="Mail Guard"))


@pytest.fixture
def client(as_: SignedIn, alice: User) -> Client:
    """Alice's browser."""
    return as_(alice)


def text_of(client: Client, order: Order) -> str:
    """Return what the order's page says."""
    return words(client.get(f"/orders/{order.number}/").text)


def test_the_facts(client: Client, order: Order, acme: Reseller) -> None:
    order.distribution_company = DistributionCompanyFactory.create(reseller=acme, name="Nord AG")
    order.reference = "PO-7"
    order.save()
    text = text_of(client, order)
    for fact in (
        "User Alice Arnold alice@acme.example",
        f"Order Number {order.number}",
        "Product Mail Guard, 12 months",
        "Quantity 3 licenses",
        "Amount EUR 360.00 EUR 120.00 a license",
        "Payment Type CSS balance",
        "State Processed",
        "Distribution Company Nord AG",
        "Your reference PO-7",
    ):
        assert fact in text


def test_the_date_is_where_the_reseller_is(client: Client, order: Order) -> None:
    Order.objects.update(placed_at="2026-11-24T23:30:00Z")
    assert "Date 25 Nov 2026, 00:30 CET" in text_of(client, order)


def test_the_tile_and_the_page_have_one_body(client: Client, order: Order) -> None:
    page = client.get(f"/orders/{order.number}/").text
    body = client.get(f"/orders/{order.number}/", headers=HTMX).text
    assert "<html" in page
    assert "<html" not in body
    assert body.strip().startswith('<dl class="facts">')
    for part in (f'id="history-{order.number}"', f'id="resend-{order.number}"'):
        assert part in page
        assert part in body


def test_the_page_has_the_figures_of_the_tile(client: Client, order: Order) -> None:
    make_active(first_license(order))
    said = "Licenses 1 active · 2 available of 3"
    assert said in text_of(client, order)
    assert said not in words(client.get(f"/orders/{order.number}/", headers=HTMX).text)


def panel(client: Client, order: Order, **headers: str) -> str:
    """Return the tag of the region below the buttons."""
    page = client.get(f"/orders/{order.number}/", headers=headers).text
    return page.partition(f'<div id="panel-{order.number}"')[2].partition(">")[0]


def test_the_page_fetches_the_license_keys_at_once(client: Client, order: Order) -> None:
    load = f' hx-get="/orders/{order.number}/license-keys/" hx-trigger="load"'
    assert panel(client, order) == load
    assert panel(client, order, **HTMX) == ""


def test_without_licenses_there_are_no_keys_to_fetch(
    client: Client, acme: Reseller, alice: User
) -> None:
    order = OrderFactory.create(reseller=acme, user=alice, state=OrderState.FAILED, available=0)
    assert panel(client, order) == ""


def test_the_keys_can_be_hidden_again(client: Client, order: Order) -> None:
    address = f"/orders/{order.number}/license-keys/"
    shown = client.get(address, headers={**HTMX, "HX-Target": f"panel-{order.number}"}).text
    [hide] = re.findall(r'id="keys-\d+" [^>]*hx-get="([^"]+)"[^>]*hx-swap-oob="true"', shown)
    hidden = client.get(hide, headers=HTMX).text
    assert "Hide License Keys" in shown
    assert re.fullmatch(rf'<a [^>]*hx-get="{address}"[^>]* hx-swap-oob="true">.*</a>\s*', hidden)
    assert words(hidden) == "Show License Keys"
    assert client.get(hide).text.count("<html") == 1


def test_a_table_that_is_sorted_leaves_the_button_alone(client: Client, order: Order) -> None:
    page = client.get(f"/orders/{order.number}/license-keys/?sort=status", headers=HTMX).text
    assert "License Keys<" not in page


def test_a_part_refund_is_named(client: Client, acme: Reseller) -> None:
    order = make_order(acme, quantity=50)
    make_cancelled(first_license(order))
    assert "State 1 of 50 refunded" in text_of(client, order)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (OrderState.CHECKING, "The card payment is still being checked"),
        (OrderState.FAILED, "The payment failed: no licenses were issued"),
    ],
)
def test_without_licenses_nothing_can_be_done_with_them(
    client: Client, acme: Reseller, alice: User, state: str, said: str
) -> None:
    order = OrderFactory.create(reseller=acme, user=alice, state=state, available=0)
    page = client.get(f"/orders/{order.number}/").text
    assert page.count('aria-disabled="true"') == 6
    assert said in page


def test_what_was_done_with_licenses_is_in_the_history(
    client: Client, order: Order, alice: User
) -> None:
    license = make_active(first_license(order))
    did = partial(record, about=str(license.uuid), reseller=order.reseller, actor=alice)
    did("license.activated", customer="Nova GmbH")
    did("license.billing_state_changed", recurrent=True)
    did("license.billing_state_changed", recurrent=False)
    did("license.unheard_of")
    text, shown = text_of(client, order), f"license {last_group(license.activation_code)}"
    for entry in ("Activated for Nova GmbH", "Auto-renew turned on", "Auto-renew turned off"):
        assert f"{entry}, {shown}" in text
    assert f"Unheard of, {shown}" in text


def test_the_history_is_of_this_order_alone(client: Client, order: Order, acme: Reseller) -> None:
    other = make_order(acme)
    theirs = make_active(first_license(other))
    record("license.activated", str(theirs.uuid), reseller=acme, actor=None)
    record("order.touched", other.number, reseller=acme, actor=None)
    text = text_of(client, order)
    assert "Activated" not in text
    assert "Touched" not in text


def test_mails_are_in_the_history_with_their_state(
    client: Client, order: Order, acme: Reseller, ann: User
) -> None:
    mail = queue(order, ann)
    assert "Mail Order confirmation to alice@acme.example Queued" in text_of(client, order)
    Mail.objects.filter(pk=mail.pk).update(state="failed", reason="550 No such user")
    assert "to alice@acme.example Failed 550 No such user" in text_of(client, order)
    assert "Ann Ackermann" in text_of(client, order)


def queue(order: Order, actor: User) -> Mail:
    """Put a confirmation into the outbox."""
    return queue_mail(
        KIND,
        key=str(uuid4()),
        to="alice@acme.example",
        about=order.number,
        reseller=order.reseller,
        actor=actor,
    )


def watched(page: str) -> str:
    """Return the address at which the history asks whether there is anything new."""
    found = re.search(r'hx-get="([^"]*\?seen=[^"]*)"', page)
    assert found
    return found[1]


def test_the_history_is_watched_while_a_mail_is_on_its_way(
    client: Client, order: Order, alice: User
) -> None:
    mail = queue(order, alice)
    address = f"/orders/{order.number}/"
    page = client.get(address, headers=HTMX).text
    assert ", every 1s" in page
    assert client.get(watched(page), headers=HTMX).status_code == 204
    Mail.objects.filter(pk=mail.pk).update(state="done", sent_at=timezone.now())
    news = client.get(watched(page), headers=HTMX)
    assert news.status_code == 200
    assert ", every" not in news.text
    assert f'hx-swap-oob="innerHTML:#result-{order.number}"' in news.text
    assert "Order confirmation to alice@acme.example: Sent" in words(news.text)


def test_watching_slows_down_and_ends(client: Client, order: Order, alice: User) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        queue(order, alice)
        for seconds, expected in ((0, ", every 1s"), (60, ", every 5s"), (300, 'from:body"')):
            clock.move_to(f"2026-11-24T12:{seconds // 60:02}:00Z")
            page = client.get(f"/orders/{order.number}/", headers=HTMX).text
            assert f"order-{order.number}-changed from:body" in page
            assert expected in page


def test_a_change_of_a_license_refreshes_the_tile(client: Client, order: Order) -> None:
    page = client.get(f"/orders/{order.number}/", headers=HTMX).text
    license = make_active(first_license(order))
    record("license.activated", str(license.uuid), reseller=order.reseller, actor=None)
    news = client.get(watched(page), headers=HTMX).text
    assert f'hx-swap-oob="innerHTML:#order-{order.number} > summary"' in news
    there = {**HTMX, "HX-Current-URL": f"http://testserver/orders/{order.number}/?x=1"}
    news = client.get(watched(page), headers=there).text
    assert f'<div hx-swap-oob="innerHTML:#stock-{order.number}">' in news
    assert "summary" not in news
    assert "1 active · 2 available" in words(news)
