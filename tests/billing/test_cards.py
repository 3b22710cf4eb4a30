"""Cards of a company: added on the gateway's page, the default one, removed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.cards import _needs, default_card_needed_by
from billing.models import Account, Card, CardPayment
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import begin, make_card
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/settings/payment/"


@pytest.fixture
def browser(as_: Callable[[User], Client], alice: User) -> Client:
    return as_(alice)


def session_of(address: str) -> str:
    return address.rsplit("/", 1)[1]


def text(browser: Client, address: str = PAGE) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_card_is_added_on_the_gateways_page(
    gateway: Gateway, browser: Client, acme: Reseller, alice: User
) -> None:
    assert "No card yet" in text(browser)
    answer = browser.post(f"{PAGE}add/")
    assert answer.status_code == 303
    assert answer["Location"].startswith(gateway.url)
    session = session_of(answer["Location"])
    gateway.pick_card(session, "mastercard", exp_month=2, exp_year=2031)
    back = browser.get(f"{PAGE}added/", {"session": session})
    assert back["Location"] == PAGE
    card = Card.objects.get()
    assert (card.brand, card.last4, str(card.expires_on)) == ("mastercard", "4444", "2031-02-28")
    assert (card.is_default, card.added_by) == (True, alice)
    page = text(browser)
    assert "Mastercard •••• 4444" in page
    assert "02/2031" in page
    assert card.token not in page
    event = AuditEvent.objects.get(verb="card.added")
    assert (event.actor, event.changes) == (alice, {"card": "Mastercard •••• 4444"})


def test_the_browser_may_follow_the_form_to_the_gateway(gateway: Gateway, browser: Client) -> None:
    policy = browser.get(PAGE)["Content-Security-Policy"]
    assert f"form-action 'self' {gateway.url}" in policy
    assert gateway.url not in browser.get("/balance/")["Content-Security-Policy"]


def test_coming_back_twice_is_one_card(gateway: Gateway, browser: Client) -> None:
    session = session_of(browser.post(f"{PAGE}add/")["Location"])
    gateway.pick_card(session)
    for _time in range(2):
        browser.get(f"{PAGE}added/", {"session": session})
    assert Card.objects.count() == 1


def test_one_customer_is_made_however_many_cards_are_added(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    for _time in range(2):
        browser.post(f"{PAGE}add/")
    assert len(gateway.requests("/v1/customers")) == 1
    assert Account.objects.get(reseller=acme).gateway_customer


@pytest.mark.parametrize("session", ["", "cs_test_nothing", "x" * 9999, "\0"])
def test_an_address_alone_adds_nothing(gateway: Gateway, browser: Client, session: str) -> None:
    assert browser.get(f"{PAGE}added/", {"session": session}).status_code == 302
    assert Card.objects.count() == 0


def test_a_page_that_was_left_adds_nothing(gateway: Gateway, browser: Client) -> None:
    session = session_of(browser.post(f"{PAGE}add/")["Location"])
    browser.get(f"{PAGE}added/", {"session": session})
    assert "No card was added" in text(browser)


def shown(page: str) -> str:
    """Return a page without what is new in each answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page)


def test_a_strangers_session_adds_nothing(
    gateway: Gateway, browser: Client, as_: Callable[[User], Client], charlie: User
) -> None:
    session = session_of(browser.post(f"{PAGE}add/")["Location"])
    gateway.pick_card(session)
    stranger = as_(charlie)
    stranger.get(f"{PAGE}added/", {"session": session})
    of_another = shown(text(stranger))
    stranger.get(f"{PAGE}added/", {"session": "cs_test_nothing"})
    assert "No card was added." in of_another
    assert of_another == shown(text(stranger))
    assert Card.objects.count() == 0


def test_a_silent_gateway_is_said(gateway: Gateway, browser: Client, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    answer = browser.post(f"{PAGE}add/")
    assert answer.status_code == 422
    assert "does not answer just now" in answer.content.decode()


def test_another_card_becomes_the_default(
    gateway: Gateway, browser: Client, acme: Reseller, alice: User
) -> None:
    first, second = make_card(gateway, acme), make_card(gateway, acme, "mastercard")
    assert "Make Visa •••• 4242 the default?" not in text(browser, f"{PAGE}{second.uuid}/default/")
    assert browser.post(f"{PAGE}{second.uuid}/default/")["Location"] == PAGE
    assert list(Card.objects.filter(is_default=True)) == [second]
    assert AuditEvent.objects.get(verb="card.made_default").actor == alice
    first.refresh_from_db()
    assert not first.is_default


def test_an_expired_card_is_said_and_cannot_be_the_default(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    past = timezone.now().date() - timedelta(days=40)
    make_card(gateway, acme)
    card = make_card(gateway, acme, "mastercard", expires_on=past)
    assert "Expired" in text(browser)
    assert browser.post(f"{PAGE}{card.uuid}/default/").status_code == 422


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "The default card expired on"), (5, "can be charged until")]
)
def test_the_default_card_warns_before_it_expires(
    gateway: Gateway, browser: Client, acme: Reseller, days: int, said: str
) -> None:
    make_card(gateway, acme, expires_on=timezone.now().date() + timedelta(days=days))
    assert said in text(browser)


def test_a_removed_card_is_gone_here_and_at_the_gateway(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    card = make_card(gateway, acme)
    assert "cannot be charged from here any more" in text(browser, f"{PAGE}{card.uuid}/remove/")
    assert browser.post(f"{PAGE}{card.uuid}/remove/").status_code == 303
    card.refresh_from_db()
    assert card.removed_at is not None
    assert gateway.requests(f"/v1/payment_methods/{card.token}/detach")
    assert browser.post(f"{PAGE}{card.uuid}/remove/").status_code == 404
    assert AuditEvent.objects.filter(verb="card.removed").count() == 1


def test_coming_back_once_more_brings_no_removed_card_back(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    session = session_of(browser.post(f"{PAGE}add/")["Location"])
    gateway.pick_card(session)
    browser.get(f"{PAGE}added/?session={session}")
    browser.post(f"{PAGE}{Card.objects.get().uuid}/remove/")
    page = browser.get(f"{PAGE}added/?session={session}", follow=True).content.decode()
    assert "No card was added." in page
    assert not Card.objects.in_use().exists()


def test_a_card_is_not_removed_while_a_payment_is_open(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    card = make_card(gateway, acme)
    begin(card)
    answer = browser.post(f"{PAGE}{card.uuid}/remove/")
    assert answer.status_code == 422
    assert "still being checked" in answer.content.decode()
    CardPayment.objects.update(state="not_sent", settled_at=timezone.now(), next_check_at=None)
    assert browser.post(f"{PAGE}{card.uuid}/remove/").status_code == 303


def test_the_default_card_stays_while_it_is_needed(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    default, other = make_card(gateway, acme), make_card(gateway, acme, "mastercard")
    default_card_needed_by(lambda _card: "Licenses renew with it.")
    try:
        refused = browser.post(f"{PAGE}{default.uuid}/remove/")
        assert (refused.status_code, "renew with it" in refused.content.decode()) == (422, True)
        assert browser.post(f"{PAGE}{other.uuid}/remove/").status_code == 303
    finally:
        _needs.pop()


def test_a_strangers_card_is_like_none(
    gateway: Gateway, as_: Callable[[User], Client], charlie: User, acme: Reseller
) -> None:
    card = make_card(gateway, acme)
    for what in ("default", "remove"):
        assert as_(charlie).get(f"{PAGE}{card.uuid}/{what}/").status_code == 404
        assert as_(charlie).post(f"{PAGE}{card.uuid}/{what}/").status_code == 404


def test_only_admins_see_cards(
    gateway: Gateway, as_: Callable[[User], Client], ann: User, bob: User, alice: User
) -> None:
    for address in (PAGE, "/balance/deposit/"):
        codes = [as_(person).get(address).status_code for person in (ann, bob, alice)]
        assert codes == [403, 403, 200]
    assert "Deposit by card" in as_(alice).get("/balance/").content.decode()
    assert "Deposit by card" not in as_(ann).get("/balance/").content.decode()


def test_without_a_key_of_the_gateway_nothing_is_shown(browser: Client) -> None:
    assert browser.get(PAGE).status_code == 404
    assert "Deposit by card" not in browser.get("/balance/").content.decode()
    assert PAGE not in browser.get("/settings/").content.decode()
