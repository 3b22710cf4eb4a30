"""Checkout sessions of mode `setup`: a page of the gateway's own on which a card is picked."""

from reseller_portal.fake_gateway.call import PAGING, Call
from reseller_portal.fake_gateway.cards import SampleCard, expired, new_method
from reseller_portal.fake_gateway.customers import attach_to, customer_of
from reseller_portal.fake_gateway.errors import GatewayError, missing
from reseller_portal.fake_gateway.things import Thing, new_id

PARAMETERS = (
    "mode", "customer", "success_url", "cancel_url", "allowed_payment_method_types", "currency",
    "metadata", "client_reference_id", "setup_intent_data", "expires_at", "locale", "ui_mode",
)  # fmt: skip
LIFE_SECONDS = 24 * 3600


def create(call: Call) -> Thing:
    """Make a session; its `url` is the page."""
    params = call.params
    kinds = params.kinds()
    params.only(*PARAMETERS)
    if params.required("mode") != "setup":
        raise GatewayError(400, "The test gateway knows mode=setup only.", param="mode")
    if not params.text("currency") and not kinds:
        raise missing("currency")
    customer = customer_of(call, params.required("customer"), "customer")["id"]
    session_id = new_id("cs_test")
    session = {
        "id": session_id,
        "object": "checkout.session",
        "allowed_payment_method_types": kinds or None,
        "cancel_url": params.text("cancel_url"),
        "client_reference_id": params.text("client_reference_id"),
        "created": call.created,
        "currency": params.text("currency"),
        "customer": customer,
        "expires_at": params.integer("expires_at", call.created + LIFE_SECONDS),
        "livemode": False,
        "metadata": params.metadata(),
        "mode": "setup",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "setup_intent": _setup_intent(call, customer)["id"],
        "status": "open",
        "success_url": params.required("success_url"),
        "url": f"{call.base}/checkout/{session_id}",
    }
    return call.store.put(session)


def _setup_intent(call: Call, customer: str) -> Thing:
    intent_id = new_id("seti")
    data = call.params.mapping("setup_intent_data")
    intent = {
        "id": intent_id,
        "object": "setup_intent",
        "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
        "created": call.created,
        "customer": customer,
        "description": data.get("description"),
        "last_setup_error": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
    }
    return call.store.put(intent)


def retrieve(call: Call, public_id: str) -> Thing:
    """Return a session."""
    return current(call, public_id)


def listing(call: Call) -> Thing:
    """Return sessions, newest first."""
    call.params.only(*PAGING, "customer", "status")
    return call.list_of("checkout.session", "/v1/checkout/sessions", "customer", "status")


def expire(call: Call, public_id: str) -> Thing:
    """End a session that is open."""
    call.params.only()
    session = current(call, public_id)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
        raise GatewayError(400, message)
    return _expired(call, session)


def retrieve_setup_intent(call: Call, public_id: str) -> Thing:
    """Return a setup intent."""
    return call.fetch("setup_intent", public_id)


def current(call: Call, public_id: str) -> Thing:
    """Return the session; one whose time is over has expired."""
    session = call.fetch("checkout.session", public_id)
    if session["status"] == "open" and session["expires_at"] <= call.now:
        return _expired(call, session)
    return session


def _expired(call: Call, session: Thing) -> Thing:
    session |= {"status": "expired", "url": None}
    call.emit("checkout.session.expired", session)
    return call.store.put(session)


def complete(call: Call, session: Thing, card: SampleCard, month: int, year: int) -> Thing:
    """Save a card as the page does; refuse one whose date is over, and a session that is not open.

    Returns the session.
    """
    if session["status"] != "open":
        raise GatewayError(400, "This page has been used, or its time is over.", param="card")
    method = new_method(card, month, year, call.created)
    if expired(method, call.now):
        raise GatewayError(
            402,
            "This date is over. Pick a later month or year.",
            kind="card_error",
            param="exp_month",
        )
    attach_to(call, method, session["customer"])
    intent = call.fetch("setup_intent", session["setup_intent"])
    call.store.put(intent | {"status": "succeeded", "payment_method": method["id"]})
    session |= {"status": "complete", "url": None}
    call.emit("checkout.session.completed", session)
    return call.store.put(session)
