"""Payment intents as the API shows them: made, looked at, confirmed, cancelled."""

from reseller_portal.fake_gateway.call import PAGING, Call
from reseller_portal.fake_gateway.charging import attempt, check_method, check_return
from reseller_portal.fake_gateway.customers import customer_of
from reseller_portal.fake_gateway.errors import GatewayError, missing
from reseller_portal.fake_gateway.things import Thing, new_id

CONFIRMING = ("off_session", "return_url", "error_on_requires_action", "payment_method")
PARAMETERS = (
    *CONFIRMING, "amount", "currency", "customer", "confirm", "metadata", "description",
    "automatic_payment_methods", "allowed_payment_method_types", "setup_future_usage",
    "receipt_email", "capture_method", "confirmation_method", "statement_descriptor_suffix",
)  # fmt: skip
SMALLEST_AMOUNT = 50
CANCELLABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
DONE = {
    "succeeded": "it has already succeeded after being previously confirmed",
    "canceled": "it has a status of canceled",
}


def create(call: Call) -> Thing:
    """Make an intent, and charge at once when the request says `confirm`."""
    params = call.params
    kinds = params.kinds()
    params.only(*PARAMETERS)
    if kinds and params.mapping("automatic_payment_methods"):
        message = (
            "`allowed_payment_method_types` and `automatic_payment_methods` exclude each other."
        )
        raise GatewayError(400, message, param="allowed_payment_method_types")
    confirm = params.flag("confirm")
    if params.flag("off_session") and not confirm:
        message = "`off_session` can only be used when `confirm` is true."
        raise GatewayError(400, message, param="off_session")
    intent = _new_intent(call)
    if params.text("payment_method"):
        intent["payment_method"] = check_method(call, intent, params.required("payment_method"))
        intent["status"] = "requires_confirmation"
    if not confirm:
        return call.store.put(intent)
    if intent["payment_method"] is None:
        raise missing("payment_method")
    check_return(call, intent)
    return attempt(call, call.store.put(intent))


def _new_intent(call: Call) -> Thing:
    params, intent_id = call.params, new_id("pi")
    amount, currency = _sum(call)
    customer = params.text("customer")
    kinds = params.kinds()
    automatic = params.mapping("automatic_payment_methods") or {"enabled": "true"}
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "allowed_payment_method_types": kinds or None,
        "automatic_payment_methods": None if kinds else automatic | {"enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.text("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
        "confirmation_method": params.text("confirmation_method", "automatic"),
        "created": call.created,
        "currency": currency,
        "customer": customer_of(call, customer, "customer")["id"] if customer else None,
        "description": params.text("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.metadata(),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": params.text("receipt_email"),
        "setup_future_usage": params.text("setup_future_usage"),
        "statement_descriptor": None,
        "statement_descriptor_suffix": params.text("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    }


def _sum(call: Call) -> tuple[int, str]:
    amount, currency = call.params.amount("amount"), call.params.required("currency").lower()
    if amount is None:
        raise missing("amount")
    if amount < SMALLEST_AMOUNT:
        message = f"Amount must be at least 0.50 {currency}"
        raise GatewayError(400, message, code="amount_too_small", param="amount")
    return amount, currency


def retrieve(call: Call, public_id: str) -> Thing:
    """Return an intent."""
    return call.fetch("payment_intent", public_id)


def update(call: Call, public_id: str) -> Thing:
    """Change what an intent is called."""
    call.params.only("metadata", "description")
    intent = call.fetch("payment_intent", public_id)
    intent["metadata"] = call.params.metadata(intent["metadata"])
    intent["description"] = call.params.text("description", intent["description"])
    return call.store.put(intent)


def listing(call: Call) -> Thing:
    """Return intents, of a customer or all, newest first."""
    call.params.only(*PAGING, "customer")
    return call.list_of("payment_intent", "/v1/payment_intents", "customer")


def confirm(call: Call, public_id: str) -> Thing:
    """Charge an intent that was made before, perhaps with another card."""
    call.params.only(*CONFIRMING)
    intent = call.fetch("payment_intent", public_id)
    _refuse_if_done(intent, "confirm")
    other = call.params.text("payment_method")
    if other:
        intent["payment_method"] = check_method(call, intent, other)
    if intent["payment_method"] is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method or ConfirmationToken."
        )
        code = "payment_intent_unexpected_state"
        raise GatewayError(400, message, code=code, payment_intent=intent)
    check_return(call, intent)
    return attempt(call, intent)


def cancel(call: Call, public_id: str) -> Thing:
    """End an intent that has not succeeded."""
    call.params.only("cancellation_reason")
    intent = call.fetch("payment_intent", public_id)
    _refuse_if_done(intent, "cancel")
    reason = call.params.text("cancellation_reason")
    intent |= {"status": "canceled", "canceled_at": call.created, "cancellation_reason": reason}
    intent["next_action"] = None
    call.emit("payment_intent.canceled", intent)
    return call.store.put(intent)


def _refuse_if_done(intent: Thing, verb: str) -> None:
    if intent["status"] not in CANCELLABLE:
        message = f"You cannot {verb} this PaymentIntent because {DONE[intent['status']]}."
        code = "payment_intent_unexpected_state"
        raise GatewayError(400, message, code=code, saved=True, payment_intent=intent)
