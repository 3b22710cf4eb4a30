"""`/_fake/…`: what tests look at and change. JSON in, JSON out, for this machine only."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from reseller_portal.fake_gateway import checkout
from reseller_portal.fake_gateway.cards import BY_NAME, SampleCard, new_method
from reseller_portal.fake_gateway.charging import authenticated
from reseller_portal.fake_gateway.customers import attach_to, customer_of, method_of, year_of
from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.gateway import Gateway
from reseller_portal.fake_gateway.refunds import become
from reseller_portal.fake_gateway.things import Thing, public

SHOWN_OF_A_CHARGE = (
    "id", "amount", "amount_refunded", "currency", "customer", "payment_intent", "payment_method",
    "status", "metadata", "created",
)  # fmt: skip


def health(_gateway: Gateway, _wish: Thing) -> Any:
    """Say that it is up."""
    return {"up": True}


def reset(gateway: Gateway, _wish: Thing) -> Any:
    """Forget everything."""
    gateway.reset()
    return {}


def charges(gateway: Gateway, _wish: Thing) -> Any:
    """Return every charge, oldest first, declined ones (status failed) too."""
    return [
        {name: charge[name] for name in SHOWN_OF_A_CHARGE} | {"key": charge["_key"]}
        for charge in reversed(gateway.store.find("charge"))
    ]


def refunds(gateway: Gateway, _wish: Thing) -> Any:
    """Return every refund, oldest first."""
    return [
        public(refund) | {"key": refund["_key"]}
        for refund in reversed(gateway.store.find("refund"))
    ]


def requests(gateway: Gateway, _wish: Thing) -> Any:
    """Return the API's last requests, oldest first; status null: it got no answer."""
    return list(gateway.api.requests)


def faults(gateway: Gateway, _wish: Thing) -> Any:
    """Return the faults that are still to come."""
    return gateway.faults.waiting()


def add_fault(gateway: Gateway, wish: Thing) -> Any:
    """Let the next requests suffer."""
    return asdict(gateway.faults.add(wish))


def clear_faults(gateway: Gateway, _wish: Thing) -> Any:
    """Forget the faults."""
    gateway.faults.clear()
    return {}


def set_clock(gateway: Gateway, wish: Thing) -> Any:
    """Set the clock `offset` seconds off the real time, or `advance` it by so many."""
    before = float(gateway.store.note("clock", 0))
    after = float(wish.get("offset", before)) + float(wish.get("advance", 0))
    gateway.store.set_note("clock", after)
    return {"offset": after}


def deliveries(gateway: Gateway, _wish: Thing) -> Any:
    """Return the webhook's manner and every delivery, oldest first."""
    return {"manner": gateway.webhooks.manner, "deliveries": gateway.webhooks.deliveries()}


def change_webhooks(gateway: Gateway, wish: Thing) -> Any:
    """Deliver otherwise."""
    gateway.webhooks.change(wish)
    return gateway.webhooks.manner


def deliver(gateway: Gateway, _wish: Thing) -> Any:
    """Deliver now all that waits, withheld or not; return what was answered."""
    return gateway.webhooks.deliver()


def add_card(gateway: Gateway, wish: Thing) -> Any:
    """Give a customer a card without the page."""
    call = gateway.call()
    with gateway.store.transaction():
        customer = customer_of(call, str(wish.get("customer")))
        method = _card_of(call.created, wish, year_of(call) + 3)
        return public(attach_to(call, method, customer["id"]))


def _card_of(created: int, wish: Thing, year: int) -> Thing:
    month = int(wish.get("exp_month", 12))
    return new_method(_sample(wish), month, int(wish.get("exp_year", year)), created)


def _sample(wish: Thing) -> SampleCard:
    name = wish.get("card", "succeeds")
    if name not in BY_NAME:
        raise GatewayError(400, f"card is one of {', '.join(BY_NAME)}")
    return BY_NAME[name]


def change_card(gateway: Gateway, wish: Thing, public_id: str) -> Any:
    """Let a card behave like another one from now on, or have another date."""
    with gateway.store.transaction():
        method = method_of(gateway.call(), public_id)
        if "card" in wish:
            method["_card"] = _sample(wish).name
        dates = {name: int(wish[name]) for name in ("exp_month", "exp_year") if name in wish}
        method["card"] |= dates
        return public(gateway.store.put(method))


def complete_checkout(gateway: Gateway, wish: Thing, public_id: str) -> Any:
    """Save a card as a person does on the page."""
    call = gateway.call()
    with gateway.store.transaction():
        session = checkout.current(call, public_id)
        year = int(wish.get("exp_year", year_of(call) + 3))
        month = int(wish.get("exp_month", 12))
        session = checkout.complete(call, session, _sample(wish), month, year)
    gateway.webhooks.wake()
    return public(session)


def authenticate(gateway: Gateway, wish: Thing, public_id: str) -> Any:
    """Confirm a payment as its owner does on the page, or fail; return where they go back to."""
    call = gateway.call()
    with gateway.store.transaction():
        intent = call.fetch("payment_intent", public_id)
        back = authenticated(call, intent, confirmed=bool(wish.get("confirmed", True)))
    gateway.webhooks.wake()
    return {"return_url": back}


def change_refund(gateway: Gateway, wish: Thing, public_id: str) -> Any:
    """Let a refund succeed or fail, as the card's bank says later."""
    call = gateway.call()
    with gateway.store.transaction():
        status = wish["status"]
        if status not in {"succeeded", "failed"}:
            raise GatewayError(400, "status is succeeded or failed")
        refund = become(call, call.fetch("refund", public_id), status)
    gateway.webhooks.wake()
    return public(refund)


ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "health"): health,
    ("POST", "reset"): reset,
    ("GET", "charges"): charges,
    ("GET", "refunds"): refunds,
    ("POST", "refunds/*"): change_refund,
    ("GET", "requests"): requests,
    ("GET", "faults"): faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "clock"): set_clock,
    ("GET", "webhooks"): deliveries,
    ("POST", "webhooks"): change_webhooks,
    ("POST", "webhooks/deliver"): deliver,
    ("POST", "cards"): add_card,
    ("POST", "cards/*"): change_card,
    ("POST", "checkout/*"): complete_checkout,
    ("POST", "authenticate/*"): authenticate,
}


def controlled(gateway: Gateway, method: str, path: str, text: str) -> tuple[int, Any]:
    """Do what a request to `/_fake/<path>` asks; return the status and the JSON."""
    first, _, rest = path.partition("/")
    exact = ROUTES.get((method, path))
    handler, ids = (exact, []) if exact else (ROUTES.get((method, f"{first}/*")), [rest])
    if handler is None:
        return 404, {"error": {"message": f"There is no {method} /_fake/{path}."}}
    try:
        return 200, handler(gateway, json.loads(text or "{}"), *ids)
    except GatewayError as refusal:
        return refusal.status, refusal.body
    except (TypeError, ValueError) as error:
        return 400, {"error": {"message": str(error)}}
