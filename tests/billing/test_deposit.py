"""Depositing by card: each outcome on the page, and one key is one payment."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Account, BalanceEntry, CardPayment
from billing.payments import charge
from billing.payments.watching import sweep
from resellers.models import Reseller, User
from tests.billing.cards import begin, make_card, pass_time
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/balance/deposit/"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def browser(as_: Callable[[User], Client], alice: User) -> Client:
    return as_(alice)


def deposit(browser: Client, card: Any, amount: str = "75.50", key: str = "") -> Any:
    values = {"amount": amount, "card": card.pk, "key": key or str(uuid4())}
    return browser.post(PAGE, values)


def balance(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def words(answer: Any) -> Any:
    return answer.content.decode()


def test_what_is_paid_is_in_the_balance_at_once(
    gateway: Gateway, browser: Client, acme: Reseller, alice: User
) -> None:
    answer = deposit(browser, make_card(gateway, acme))
    assert (answer.status_code, answer["Location"]) == (303, "/balance/")
    page = words(browser.get("/balance/"))
    assert "is deposited from Visa •••• 4242" in page
    entry = BalanceEntry.objects.get()
    assert (entry.amount, entry.actor, balance(acme)) == (Decimal("75.50"), alice, entry.amount)


def test_a_declined_card_says_so_and_keeps_what_was_typed(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    card, key = make_card(gateway, acme, "insufficient_funds"), str(uuid4())
    answer = deposit(browser, card, key=key)
    assert answer.status_code == 422
    assert "not enough funds" in words(answer)
    assert 'value="75.50"' in words(answer)
    assert key not in words(answer), "another try is another payment"
    assert balance(acme) == 0


def test_pressed_twice_it_is_one_payment(gateway: Gateway, browser: Client, acme: Reseller) -> None:
    card, key = make_card(gateway, acme), str(uuid4())
    for amount in ("75.50", "75.50", "99.00"):
        assert deposit(browser, card, amount, key)["Location"] == "/balance/"
    assert (CardPayment.objects.count(), len(gateway.charges())) == (1, 1)
    assert balance(acme) == Decimal("75.50")


def test_what_is_not_known_yet_can_be_watched(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    card, key = make_card(gateway, acme), str(uuid4())
    gateway.fault("timeout_after", seconds=2)
    answer = deposit(browser, card, key=key)
    payment = CardPayment.objects.get()
    assert answer["Location"] == f"/payments/{payment.uuid}/"
    assert "Checking payment" in words(browser.get(answer["Location"]))
    assert deposit(browser, card, key=key)["Location"] == answer["Location"]
    assert balance(acme) == 0


def test_what_must_be_confirmed_leads_to_the_bank(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    answer = deposit(browser, make_card(gateway, acme, "needs_authentication"))
    page = words(browser.get(answer["Location"]))
    assert f'href="{gateway.url}/authenticate/' in page
    payment = CardPayment.objects.get()
    gateway.authenticate(payment.gateway_id)
    paid = words(browser.get(answer["Location"]))
    assert "The card was charged." in paid
    assert "Try again" not in paid
    assert balance(acme) == Decimal("75.50")


def test_after_it_was_not_confirmed_the_same_is_one_click_away(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    answer = deposit(browser, make_card(gateway, acme, "needs_authentication"))
    gateway.authenticate(CardPayment.objects.get().gateway_id, confirmed=False)
    page = browser.get(answer["Location"])
    assert "Try again" in page.text
    assert browser.get(page.context["again"]).context["form"]["amount"].value() == "75.50"


@pytest.mark.parametrize(
    "amount", ["", "0", "-1", "0.99", "1.234", "NaN", "Infinity", "1e9", "250000.01", "x" * 9999]
)
def test_an_odd_amount_is_refused_at_its_field(
    gateway: Gateway, browser: Client, acme: Reseller, amount: str
) -> None:
    answer = deposit(browser, make_card(gateway, acme), amount)
    assert answer.status_code == 422
    assert CardPayment.objects.count() == 0
    assert "id_amount_error" in words(answer)
    assert "Ensure" not in words(answer)


@pytest.mark.parametrize("amount", ["0.99", "250000.01", "12345678901"])
def test_what_can_be_deposited_at_once_is_said_once(
    gateway: Gateway, browser: Client, acme: Reseller, amount: str
) -> None:
    answer = deposit(browser, make_card(gateway, acme), amount)
    said = "Deposit between EUR\xa01.00 and EUR\xa0250,000.00."
    assert words(answer).count(said) == 2, "in the summary and at the field"


def test_only_own_cards_that_can_be_charged_are_taken(
    gateway: Gateway, browser: Client, acme: Reseller, globex: Reseller
) -> None:
    past = timezone.now().date() - timedelta(days=40)
    cards = [
        make_card(gateway, globex),
        make_card(gateway, acme, expires_on=past),
        make_card(gateway, acme, removed_at=timezone.now(), is_default=False),
    ]
    good = make_card(gateway, acme, is_default=False)
    for card in cards:
        answer = deposit(browser, card)
        assert answer.status_code == 422
        assert "id_card_error" in words(answer)
    assert deposit(browser, good).status_code == 303


def test_a_missing_or_odd_key_is_no_payment(
    gateway: Gateway, browser: Client, acme: Reseller
) -> None:
    card = make_card(gateway, acme)
    for key in ("none", "\0"):
        assert deposit(browser, card, key=key).status_code == 422
    assert CardPayment.objects.count() == 0


def test_another_companys_key_is_no_way_in(
    gateway: Gateway, browser: Client, acme: Reseller, as_: Any, charlie: User
) -> None:
    key = str(uuid4())
    deposit(browser, make_card(gateway, acme), key=key)
    answer = deposit(as_(charlie), make_card(gateway, charlie.reseller), key=key)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert "out of date" in words(answer)
    assert CardPayment.objects.count() == 1


def test_a_parked_account_takes_deposits(gateway: Gateway, browser: Client, acme: Reseller) -> None:
    Account.objects.update(parked_at=timezone.now(), parked_because="Odd")
    assert deposit(browser, make_card(gateway, acme)).status_code == 303
    assert balance(acme) == Decimal("75.50")


def test_without_a_card_the_page_says_where_to_add_one(gateway: Gateway, browser: Client) -> None:
    page = words(browser.get(PAGE))
    assert "No card that can be charged" in page
    assert 'href="/settings/payment/"' in page


@pytest.mark.parametrize(("seconds", "state"), [(61, "succeeded"), (3601, "not_sent")])
def test_one_whose_process_died_is_sent_by_the_schedule_or_ended_once_it_is_old(
    gateway: Gateway, acme: Reseller, *, seconds: int, state: str
) -> None:
    payment = begin(make_card(gateway, acme), "75.50")
    pass_time(payment, seconds)
    assert sweep() == 1
    payment.refresh_from_db()
    paid = state == "succeeded"
    assert (payment.state, balance(acme) > 0) == (state, paid)
    assert len(gateway.attempts()) == paid
    assert paid or "not sent in time" in payment.reason


def test_who_comes_too_late_to_send_an_old_one_ends_it(gateway: Gateway, acme: Reseller) -> None:
    payment = begin(make_card(gateway, acme), "75.50")
    pass_time(payment, 3601)
    assert charge(payment).state == "not_sent"
    assert gateway.attempts() == []
