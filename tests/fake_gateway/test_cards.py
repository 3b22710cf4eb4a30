"""Cards: saved on the gateway's page, a customer's, taken away for ever."""

import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.gateway import Gateway

SUCCESS = "http://127.0.0.1:8000/settings/payment/?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://127.0.0.1:8000/settings/payment/"


@pytest.fixture
def session(client: stripe.StripeClient, acme_customer: str) -> stripe.checkout.Session:
    """A page that waits for Acme."""
    return client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": acme_customer,
            "success_url": SUCCESS,
            "cancel_url": CANCEL,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": "acme",
        }
    )


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def browse(url: str, **fields: str) -> tuple[int, str, str]:
    """Open a page, or press its button; return status, text and where it leads."""
    data = urlencode(fields).encode() if fields else None
    try:
        with urllib.request.build_opener(NoRedirect).open(url, data, timeout=5) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers.get("Location", "")


def saved_cards(gateway: Gateway, customer: str) -> list[str]:
    """Return the last four digits of a customer's cards."""
    listed = gateway.client().v1.payment_methods.list({"customer": customer, "type": "card"})
    return [str(each["card"]["last4"]) for each in listed.data]


def test_a_card_is_saved_on_the_page(
    gateway: Gateway, client: stripe.StripeClient, session: Any, acme_customer: str
) -> None:
    status, text, _ = browse(session.url)
    assert (status, "Acme" in text, "Insufficient funds" in text) == (200, True, True)

    wish = {"card": "mastercard", "exp_month": "2", "exp_year": "2031"}
    status, _, place = browse(session.url, **wish)

    assert (status, place) == (303, SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id))
    expand = {"expand": ["setup_intent.payment_method"]}
    after: Any = client.v1.checkout.sessions.retrieve(session.id, expand)  # type: ignore[arg-type]
    assert (after.status, after.client_reference_id) == ("complete", "acme")
    saved = after.setup_intent.payment_method
    assert (saved.customer, after.setup_intent.status) == (acme_customer, "succeeded")
    assert (saved.card.brand, saved.card.last4) == ("mastercard", "4444")
    assert (saved.card.exp_month, saved.card.exp_year) == (2, 2031)
    assert [event["type"] for event in gateway.events()] == ["checkout.session.completed"]


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"card": "succeeds", "exp_month": "1", "exp_year": "2020"}, "This date is over"),
        ({"card": "4242424242424242", "exp_month": "1", "exp_year": "2031"}, "Pick a card"),
        ({"card": "succeeds", "exp_month": "soon", "exp_year": "2031"}, "Pick a card"),
        ({"card": "succeeds", "exp_month": "13", "exp_year": "2031"}, "Pick a card"),
        ({"card": "succeeds"}, "Pick a card"),
    ],
)
def test_a_card_that_cannot_be_is_not_saved(
    client: stripe.StripeClient, session: Any, wish: dict[str, str], sentence: str
) -> None:
    status, text, _ = browse(session.url, **wish)

    assert status == 422
    assert sentence in text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_page_is_used_once(gateway: Gateway, session: Any) -> None:
    url = session.url
    gateway.pick_card(session.id)

    status, text, _ = browse(url, card="succeeds", exp_month="1", exp_year="2031")

    assert (status, "has been used" in text) == (200, True)
    assert saved_cards(gateway, session.customer) == ["4242"]


def test_a_page_ends_after_a_day(
    gateway: Gateway, client: stripe.StripeClient, session: Any
) -> None:
    gateway.advance(24 * 3600 + 1)

    assert "Its time is over" in browse(session.url)[1]

    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert gateway.events()[0]["type"] == "checkout.session.expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_what_is_typed_is_shown_as_text(client: stripe.StripeClient, gateway: Gateway) -> None:
    customer = gateway.customer("<script>alert(1)</script>")
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": customer,
            "success_url": "http://127.0.0.1/'><b>",
            "cancel_url": "http://127.0.0.1/'><b>",
            "currency": "eur",
        }
    )

    _, text, _ = browse(str(session.url))

    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "<b>'" not in text
    assert "'><b>" not in text


@pytest.mark.parametrize("path", ["checkout/cs_test_none", "authenticate/pi_none", "elsewhere"])
def test_a_page_that_is_not_there_is_a_404(gateway: Gateway, path: str) -> None:
    assert browse(f"{gateway.url}/{path}")[0] == 404


def test_a_card_is_taken_away_for_ever(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    kept, gone = gateway.card(acme_customer), gateway.card(acme_customer, "mastercard")

    assert client.v1.payment_methods.detach(gone).customer is None

    listed = client.v1.payment_methods.list({"customer": acme_customer, "type": "card"})
    assert [each.id for each in listed.data] == [kept]
    assert client.v1.payment_methods.retrieve(gone).customer is None
    for refused in (
        lambda: charge(payment_method=gone),
        lambda: client.v1.payment_methods.attach(gone, {"customer": acme_customer}),
        lambda: client.v1.payment_methods.detach(gone),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            refused()


def test_stripes_own_test_cards_are_known(
    client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": acme_customer})

    assert card.card is not None
    assert card.card.last4 == "4242"
    assert charge(payment_method=card.id).status == "succeeded"


def test_cards_of_sample_data_are_known(client: stripe.StripeClient, charge: Charge) -> None:
    customer, card = "cus_sample_acme", "pm_sample_9995_122031_acme"

    with pytest.raises(stripe.CardError, match="insufficient funds"):
        charge(customer=customer, payment_method=card)

    saved = client.v1.payment_methods.retrieve(card)
    assert saved.card is not None
    assert (saved.customer, saved.card.exp_month, saved.card.exp_year) == (customer, 12, 2031)
    assert client.v1.customers.retrieve(customer).name == "acme"
    assert len(client.v1.customers.list().data) == 2  # with the one that every test has


def test_a_customer_is_changed(client: stripe.StripeClient, acme_customer: str) -> None:
    client.v1.customers.update(acme_customer, {"email": "a@acme.example", "metadata": {"r": "1"}})

    after = client.v1.customers.retrieve(acme_customer)
    assert (after.name, after.email, after["metadata"]["r"]) == ("Acme", "a@acme.example", "1")
    assert [each.id for each in client.v1.customers.list({"email": "a@acme.example"})] == [after.id]
