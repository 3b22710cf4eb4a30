"""Buying by card: what each outcome of the payment leaves; one charge and one order."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from billing.actions import park_account
from billing.models import BalanceEntry, Card, CardPayment, PaymentState
from billing.payments import charge
from catalog.models import Price, Product
from desk.verify.registry import check_all
from licenses.models import License
from mailing.kinds import kind_named
from mailing.models import Mail
from orders.actions import begin_card_purchase, buy
from orders.models import Order, OrderState
from orders.purchases import Purchase
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import checked, make_card, pass_time
from tests.factories import DistributionCompanyFactory, make_entry
from tests.gateway import Gateway
from tests.orders.shop import BuyPage, bought, now, open_shop, purchase
from tests.races import all_at_once

As = Callable[[User], Client]


@pytest.fixture
def guard(acme: Reseller) -> Product:
    """Guard is on sale, and Acme has no money in its account."""
    return open_shop(acme, "0.00")


@pytest.fixture
def card(guard: Product, acme: Reseller, gateway: Gateway) -> Card:
    """Acme has a card that pays, and Guard is on sale."""
    return make_card(gateway, acme)


def consistent() -> bool:
    return not any(result.rows for result in check_all())


@dataclass
class ByCard:
    """The page on which somebody buys two licenses by card."""

    page: BuyPage
    card: Card

    @classmethod
    def open(cls, client: Client, card: Card) -> "ByCard":
        """Open it and see the total."""
        return cls(BuyPage.open(client, product="guard", term="12", quantity="2"), card)

    def press(self, **changes: str) -> Any:
        """Press its button."""
        chosen = {"payment_type": "card", "card": str(self.card.pk), "quantity": "2"}
        return self.page.press(**{**chosen, **changes})


def test_alice_buys_by_card(as_: As, alice: User, card: Card) -> None:
    page = ByCard.open(as_(alice), card)
    company = DistributionCompanyFactory.create(reseller=alice.reseller)
    more = {"recurrent": "true", "reference": "PO-9", "distribution_company": str(company.pk)}
    order = bought(page.press(**more))
    payment = CardPayment.objects.get()
    assert (order.state, order.payment_type, order.card_payment) == ("processed", "card", payment)
    assert (order.amount, order.available, order.reference) == (Decimal("240.00"), 2, "PO-9")
    assert (order.number, order.distribution_company) == (payment.about, company)
    assert order.licenses.filter(recurrent=True).count() == 2
    assert not BalanceEntry.objects.exists()
    assert Mail.objects.get().kind == "order_confirmation"
    assert consistent()


def test_the_gateway_charges_the_total_once(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    bought(ByCard.open(as_(alice), card).press())
    [charged] = gateway.charges()
    assert (charged["amount"], charged["currency"]) == (24000, "eur")


def test_the_price_is_confirmed_by_card_too(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    page = ByCard.open(as_(alice), card)
    answer = page.press(expected_amount="1.00")
    assert answer.status_code == 422
    assert "240.00" in answer.text
    assert gateway.attempts() == []
    bought(page.press())


def test_back_and_refresh_lead_to_the_same_order(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    page = ByCard.open(as_(alice), card)
    assert bought(page.press()) == bought(page.press())
    assert len(gateway.charges()) == Order.objects.count() == 1


@pytest.mark.parametrize("kind", ["declined", "stolen", "insufficient_funds"])
def test_a_declined_card_leaves_no_order_and_keeps_what_was_typed(
    as_: As, alice: User, card: Card, gateway: Gateway, kind: str
) -> None:
    page = ByCard.open(as_(alice), make_card(gateway, card.reseller, kind))
    first = page.page.hidden["key"]
    answer = page.press(reference="PO-10")
    assert answer.status_code == 422
    assert escape(CardPayment.objects.get().reason) in answer.text
    assert 'value="PO-10"' in answer.text
    assert page.page.hidden["key"] != first
    assert not Order.objects.exists()
    assert not License.objects.exists()
    assert consistent()


def test_after_a_decline_another_card_buys_it(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    page = ByCard.open(as_(alice), make_card(gateway, card.reseller, "declined"))
    assert page.press().status_code == 422
    assert bought(page.press(card=str(card.pk))).state == "processed"
    assert len(gateway.charges()) == 1


def test_an_unknown_outcome_is_an_order_that_is_checked(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    gateway.fault("error_after")
    answer = ByCard.open(as_(alice), card).press()
    payment = CardPayment.objects.get()
    assert answer.headers["Location"] == f"/payments/{payment.uuid}/"
    order = Order.objects.get()
    assert (order.state, order.available, order.number) == ("checking", 0, payment.about)
    assert not License.objects.exists()
    assert not Mail.objects.exists()
    assert consistent()
    checked(payment)
    order.refresh_from_db()
    assert (order.state, order.available) == ("processed", 2)
    assert len(gateway.charges()) == 1
    assert Mail.objects.get().kind == "order_confirmation"
    assert consistent()


def test_a_pressed_again_page_leads_to_the_order_that_is_checked(
    as_: As, alice: User, card: Card, gateway: Gateway
) -> None:
    gateway.fault("error_before")
    page = ByCard.open(as_(alice), card)
    page.press()
    assert page.press().headers["Location"] == f"/orders/{Order.objects.get().number}/"
    assert CardPayment.objects.count() == 1


def test_an_unknown_payment_that_was_declined_fails_its_order(
    as_: As, alice: User, guard: Product, acme: Reseller, gateway: Gateway
) -> None:
    card = make_card(gateway, acme, "declined")
    gateway.fault("error_before")
    ByCard.open(as_(alice), card).press()
    checked(CardPayment.objects.get())
    order = Order.objects.get()
    assert (order.state, order.available) == ("failed", 0)
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.about) == ("order_payment_failed", alice.email, order.number)
    text = kind_named(mail.kind).write(mail)
    assert f"/orders/buy/?again={order.number}" in text.text
    assert order.number in text.html
    assert "240.00 failed" in as_(alice).get(f"/orders/{order.number}/").text
    assert consistent()


def test_a_payment_that_needs_confirmation_buys_once_it_is_confirmed(
    as_: As, alice: User, guard: Product, acme: Reseller, gateway: Gateway
) -> None:
    client = as_(alice)
    answer = ByCard.open(client, make_card(gateway, acme, "needs_authentication")).press()
    payment = CardPayment.objects.get()
    assert answer.headers["Location"] == f"/payments/{payment.uuid}/"
    assert not Order.objects.exists()
    gateway.authenticate(payment.gateway_id)
    shown = client.get(answer.headers["Location"])
    order = Order.objects.get()
    assert order.state == "processed"
    assert f"/orders/{order.number}/" in shown.text
    assert consistent()


def test_one_that_was_not_confirmed_buys_nothing(
    as_: As, alice: User, guard: Product, acme: Reseller, gateway: Gateway
) -> None:
    client = as_(alice)
    answer = ByCard.open(client, make_card(gateway, acme, "needs_authentication")).press()
    gateway.authenticate(CardPayment.objects.get().gateway_id, confirmed=False)
    client.get(answer.headers["Location"])
    assert CardPayment.objects.get().state == PaymentState.DECLINED
    assert not Order.objects.exists()
    assert consistent()


def test_after_it_was_not_confirmed_the_same_is_one_click_away(
    as_: As, alice: User, guard: Product, acme: Reseller, gateway: Gateway
) -> None:
    client = as_(alice)
    card = make_card(gateway, acme, "needs_authentication")
    answer = ByCard.open(client, card).press(reference="PO 7 & 8", recurrent="on")
    assert "Try again" not in client.get(answer.headers["Location"]).text
    gateway.authenticate(CardPayment.objects.get().gateway_id, confirmed=False)
    page = client.get(answer.headers["Location"])
    assert "Try again" in page.text
    form = client.get(page.context["again"]).context["form"]
    kept = {name: form[name].value() for name in ("product", "quantity", "reference", "recurrent")}
    assert kept == {
        "product": "guard",
        "quantity": "2",
        "reference": "PO 7 & 8",
        "recurrent": "on",
    }
    assert form["payment_type"].value() == "card"


def test_the_price_and_the_tax_are_those_of_the_moment_of_buying(
    alice: User, guard: Product, card: Card, acme: Reseller
) -> None:
    moment = now()
    wish = purchase(guard)
    payment = begin_card_purchase(wish, card, actor=alice, now=moment)
    Price.objects.all().delete()
    guard.retired_at = moment
    guard.save()
    Reseller.objects.filter(pk=acme.pk).update(tax_rate=Decimal("19.00"))
    charge(payment)
    order = Order.objects.get()
    assert (order.amount, order.tax_rate, order.placed_at) == (
        Decimal("120.00"),
        Decimal(0),
        moment,
    )


def test_a_parked_account_buys_nothing_by_card(
    as_: As, alice: User, sam: User, card: Card, gateway: Gateway
) -> None:
    page = ByCard.open(as_(alice), card)
    assert alice.reseller is not None
    park_account(alice.reseller.pk, "A test.", actor=sam, now=now())
    assert page.press().status_code == 422
    assert gateway.attempts() == []


@pytest.mark.parametrize("why", ["parked", "forgotten"])
def test_what_is_not_wanted_any_more_is_never_sent(
    alice: User, sam: User, guard: Product, card: Card, gateway: Gateway, *, why: str
) -> None:
    payment = begin_card_purchase(purchase(guard), card, actor=alice, now=now())
    if why == "parked":
        park_account(card.reseller.pk, "A test.", actor=sam, now=now())
    pass_time(payment, 3601 if why == "forgotten" else 61)
    assert checked(payment).state == PaymentState.NOT_SENT
    assert gateway.attempts() == []
    assert not Order.objects.exists()


def test_agents_are_not_offered_cards(as_: As, ann: User, card: Card, gateway: Gateway) -> None:
    page = ByCard.open(as_(ann), card)
    assert 'name="card"' not in as_(ann).get("/orders/buy/").text
    assert page.press().status_code == 403
    assert gateway.attempts() == []


def test_anothers_card_is_not_there(
    as_: As, alice: User, charlie: User, card: Card, gateway: Gateway
) -> None:
    assert charlie.reseller is not None
    stranger = make_card(gateway, charlie.reseller)
    page = ByCard.open(as_(alice), card)
    answer = page.press(card=str(stranger.pk))
    assert answer.status_code == 422
    assert str(stranger) not in answer.text.replace(str(card), "")
    assert gateway.attempts() == []


def test_buying_like_an_order_by_card_works_without_a_card(
    as_: As, alice: User, ann: User, card: Card
) -> None:
    order = bought(ByCard.open(as_(alice), card).press())
    shown = as_(ann).get("/orders/buy/", {"again": order.number}).text
    assert '<input type="hidden" name="payment_type" value="balance"' in shown


def test_a_card_has_to_be_chosen(as_: As, alice: User, card: Card) -> None:
    answer = ByCard.open(as_(alice), card).press(card="")
    assert answer.status_code == 422
    assert "Choose a card." in answer.text


def test_without_a_gateway_cards_are_not_offered(as_: As, alice: User, guard: Product) -> None:
    page = BuyPage.open(as_(alice), product="guard", term="12", quantity="2")
    assert 'name="card"' not in as_(alice).get("/orders/buy/").text
    assert page.press(payment_type="card", quantity="2").status_code == 422


def test_a_key_that_a_card_pays_with_buys_nothing_from_the_balance(
    alice: User, guard: Product, card: Card, acme: Reseller
) -> None:
    wish = purchase(guard)
    begin_card_purchase(wish, card, actor=alice, now=now())
    make_entry(acme, "1000.00")
    with pytest.raises(Refusal) as refused:
        buy(wish, actor=alice, now=now())
    assert refused.value.field == "key"


def test_a_key_that_bought_from_the_balance_charges_no_card(
    as_: As, alice: User, guard: Product, card: Card, gateway: Gateway
) -> None:
    make_entry(card.reseller, "1000.00")
    page = ByCard.open(as_(alice), card)
    order = bought(page.press(payment_type="balance"))
    assert bought(page.press()) == order
    with pytest.raises(Refusal):
        begin_card_purchase(purchase(guard, key=order.key), card, actor=alice, now=now())
    assert gateway.attempts() == []


def test_who_paid_is_written_down(as_: As, alice: User, card: Card) -> None:
    order = bought(ByCard.open(as_(alice), card).press())
    event = AuditEvent.objects.get(verb="order.placed", about=order.number)
    assert (event.actor, event.changes["payment_type"]) == (alice, "card")


def test_the_order_names_its_card_to_admins_with_its_payment(
    as_: As, alice: User, bob: User, card: Card
) -> None:
    order = bought(ByCard.open(as_(alice), card).press())
    address = f"/payments/{CardPayment.objects.get().uuid}/"
    assert address in as_(alice).get(f"/orders/{order.number}/").text
    shown = as_(bob).get(f"/orders/{order.number}/").text
    assert str(card) in shown
    assert address not in shown


def press_at_once(wish: Purchase, card: Card, actor: User, times: int) -> list[Any]:
    def press() -> CardPayment:
        return charge(begin_card_purchase(wish, card, actor=actor, now=now()))

    return all_at_once(*[press] * times)


@pytest.mark.django_db(transaction=True)
def test_twenty_who_press_at_once_are_charged_once(
    alice: User, guard: Product, card: Card, gateway: Gateway
) -> None:
    outcomes = press_at_once(purchase(guard), card, alice, 20)
    assert {type(outcome) for outcome in outcomes} == {CardPayment}, outcomes[0]
    assert len(gateway.charges()) == Order.objects.count() == License.objects.count() == 1
    assert Order.objects.get().state == OrderState.PROCESSED
    assert consistent()


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_forms_key_each_press_is_charged(
    alice: User, guard: Product, card: Card, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.actions.purchase.payment_key", lambda _key: f"{uuid4()}")
    press_at_once(purchase(guard), card, alice, 3)
    assert len(gateway.charges()) > 1
