"""The gateway's own pages: where a card is picked, and where a payment is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlencode, urlsplit

from reseller_portal.fake_gateway import checkout
from reseller_portal.fake_gateway.cards import BY_NAME, CARDS
from reseller_portal.fake_gateway.charging import authenticated
from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.gateway import Gateway
from reseller_portal.fake_gateway.things import Thing

HTML = Path(__file__).parent / "html"
YEARS_AHEAD = 10
SESSION_PLACE = "{CHECKOUT_SESSION_ID}"
IDLE = "<p class='lead'>This gateway has two pages, to save a card and to confirm a payment.</p>"


@dataclass
class Page:
    """An answer for a browser."""

    status: int
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def page_for(gateway: Gateway, method: str, path: str, query: str, body: str) -> Page:
    """Return the page of an address, or what a press of its button leads to."""
    first, _, public_id = path.strip("/").partition("/")
    if path == "/gateway.css":
        text = (HTML / "gateway.css").read_text()
        return Page(200, text, {"Content-Type": "text/css; charset=utf-8"})
    try:
        if first == "checkout":
            return _checkout(gateway, method, public_id, _fields(body))
        if first == "authenticate":
            return _authenticate(gateway, method, public_id, _fields(query), _fields(body))
    except GatewayError as refusal:
        return _message("This page does not exist", str(refusal), status=refusal.status)
    return _page("Nothing to do here", IDLE, status=200 if path == "/" else 404)


def _fields(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text).items()}


def _checkout(gateway: Gateway, method: str, session_id: str, given: dict[str, str]) -> Page:
    call = gateway.call()
    with gateway.store.transaction():
        session = checkout.current(call, session_id)
    if session["status"] != "open":
        where = {"complete": session["success_url"]}.get(session["status"], session["cancel_url"])
        text = "A card was saved here." if session["status"] == "complete" else "Its time is over."
        return _message("This page has been used", text, _filled(where, session))
    if method != "POST":
        return _choose_card(gateway, session, given)
    try:
        card = BY_NAME[given["card"]]
        month, year = int(given["exp_month"]), int(given["exp_year"])
        with gateway.store.transaction():
            checkout.complete(call, session, card, month, year)
    except (KeyError, ValueError):
        return _choose_card(gateway, session, given, "Pick a card, a month and a year.")
    except GatewayError as refusal:
        return _choose_card(gateway, session, given, str(refusal))
    gateway.webhooks.wake()
    return Page(303, headers={"Location": _filled(session["success_url"], session)})


def _filled(url: str | None, session: Thing) -> str:
    return (url or "").replace(SESSION_PLACE, session["id"])


def _choose_card(
    gateway: Gateway, session: Thing, given: Mapping[str, str], error: str = ""
) -> Page:
    today = datetime.fromtimestamp(gateway.now(), UTC)
    month, year = given.get("exp_month", "12"), given.get("exp_year", str(today.year + 3))
    years = range(today.year - 1, today.year + 1 + YEARS_AHEAD)
    customer = gateway.store.get(session["customer"]) or {}
    cancel = _filled(session["cancel_url"], session)
    body = _filled_in(
        "checkout.html",
        customer=escape(customer.get("name") or customer.get("email") or session["customer"]),
        session=session["id"],
        error=f"<p class='error' role='alert'>{escape(error)}</p>" if error else "",
        cards="".join(_card_choice(card.name, given.get("card", "succeeds")) for card in CARDS),
        months=_options({str(m): f"{m:02}" for m in range(1, 13)}, month),
        years=_options({str(y): str(y) for y in years}, year),
        cancel=f"<a class='button plain' href='{escape(cancel)}'>Cancel</a>" if cancel else "",
    )
    back = [session["success_url"], cancel]
    return _page("Save a card", body, status=422 if error else 200, back=back)


def _card_choice(name: str, chosen: str) -> str:
    card = BY_NAME[name]
    checked = " checked" if name == chosen else ""
    facts = {"title": card.title, "hint": card.hint, "last4": card.number[-4:]}
    return _filled_in("card.html", name=name, checked=checked, **facts)


def _options(choices: Mapping[str, str], chosen: str) -> str:
    return "".join(
        f"<option value='{value}'{' selected' if value == chosen else ''}>{label}</option>"
        for value, label in choices.items()
    )


def _authenticate(
    gateway: Gateway, method: str, intent_id: str, query: dict[str, str], given: dict[str, str]
) -> Page:
    call = gateway.call()
    intent = call.fetch("payment_intent", intent_id)
    if query.get("client_secret") != intent["client_secret"]:
        raise GatewayError(404, "The address is not whole.")
    if intent["status"] != "requires_action":
        return _message("Nothing to confirm", "This payment is settled.")
    if method != "POST":
        return _ask(gateway, intent, query)
    with gateway.store.transaction():
        intent = call.fetch("payment_intent", intent_id)
        back = authenticated(call, intent, confirmed=given.get("outcome") == "confirm")
    gateway.webhooks.wake()
    return Page(303, headers={"Location": back})


def _ask(gateway: Gateway, intent: Thing, query: dict[str, str]) -> Page:
    card = (gateway.store.get(intent["payment_method"]) or {})["card"]
    body = _filled_in(
        "authenticate.html",
        amount=f"{intent['amount'] / 100:,.2f} {intent['currency'].upper()}",
        brand=card["brand"].capitalize(),
        last4=card["last4"],
        description=escape(intent["description"] or "a payment without a description"),
        action=escape(f"/authenticate/{intent['id']}?{urlencode(query)}"),
    )
    return _page("Confirm the payment", body, back=[_return_url(intent)])


def _return_url(intent: Thing) -> str:
    return str((intent["next_action"].get("redirect_to_url") or {}).get("return_url") or "")


def _message(title: str, text: str, link: str = "", status: int = 200) -> Page:
    way = f"<p class='buttons'><a class='button' href='{escape(link)}'>Go back</a></p>"
    body = f"<p class='lead'>{escape(text)}</p>{way if link else ''}"
    return _page(title, body, status=status)


def _page(title: str, body: str, *, status: int = 200, back: list[str] | None = None) -> Page:
    # Browsers hold the redirect after a press of a button to `form-action` too.
    origins = {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, back or []) if url.netloc}
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "data:",
        "form-action": " ".join(["'self'", *sorted(origins)]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Page(status, _filled_in("layout.html", title=escape(title), body=body), headers)


def _filled_in(name: str, /, **values: str) -> str:
    return Template((HTML / name).read_text()).substitute(values)
