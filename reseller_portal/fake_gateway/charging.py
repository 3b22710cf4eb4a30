"""What happens when an intent is charged: the card decides, and sometimes its owner is asked."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from reseller_portal.fake_gateway.call import Call
from reseller_portal.fake_gateway.cards import (
    AUTHENTICATION_REQUIRED,
    BY_NAME,
    SampleCard,
    expired,
)
from reseller_portal.fake_gateway.customers import USED_UP, method_of
from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.things import Thing, new_id, public

AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again."
)
NEEDS_RETURN = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because "
    "some of these payment methods might redirect your customer off of your page, you must provide "
    "a `return_url`. If you don't want to accept redirect-based payment methods, set "
    "`automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
    "Payment Intents."
)


def check_method(call: Call, intent: Thing, method_id: str) -> str:
    """Return the id of the card with which the intent will be charged; refuse a wrong one."""
    method = method_of(call, method_id, "payment_method")
    if method.get("_used_up"):
        raise GatewayError(400, USED_UP, param="payment_method")
    if method["customer"] not in {None, intent["customer"]}:
        whose = method["customer"]
        message = (
            f"The PaymentMethod {method['id']} does not belong to the Customer you supplied "
            f"{intent['customer']}. Please use this PaymentMethod with the Customer {whose} that "
            "it is attached to instead."
        )
        raise GatewayError(400, message, param="payment_method")
    return str(call.store.put(method)["id"])


def check_return(call: Call, intent: Thing) -> None:
    """Refuse to charge when the card might lead elsewhere and nobody said where to come back."""
    automatic = intent["automatic_payment_methods"]
    leads_away = automatic and automatic.get("allow_redirects") != "never"
    if leads_away and not call.params.text("return_url"):
        raise GatewayError(400, NEEDS_RETURN, param="return_url")


def attempt(call: Call, intent: Thing) -> Thing:
    """Charge it: the intent succeeds or waits for its owner. Raises a 402 when it is declined."""
    method = call.fetch("payment_method", intent["payment_method"])
    card = BY_NAME["expired"] if expired(method, call.now) else BY_NAME[method["_card"]]
    off_session = call.params.flag("off_session")
    if card.authentication == "always" or (card.authentication != "never" and not off_session):
        if off_session or call.params.flag("error_on_requires_action"):
            raise _declined(call, intent, method, AUTHENTICATION_REQUIRED)
        return _ask(call, intent)
    return _settle(call, intent, method, card)


def _settle(call: Call, intent: Thing, method: Thing, card: SampleCard) -> Thing:
    if card.code:
        raise _declined(call, intent, method, card)
    charge = _charge(call, intent, method, paid=True)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    call.emit("payment_intent.succeeded", intent)
    return call.store.put(intent)


def _ask(call: Call, intent: Thing) -> Thing:
    back = call.params.text("return_url")
    action: Thing = {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect"},
    }
    if back:
        secret = urlencode({"client_secret": intent["client_secret"]})
        url = f"{call.base}/authenticate/{intent['id']}?{secret}"
        action = {"type": "redirect_to_url"}
        action["redirect_to_url"] = {"return_url": back, "url": url}
    intent |= {"status": "requires_action", "next_action": action}
    call.emit("payment_intent.requires_action", intent)
    return call.store.put(intent)


def authenticated(call: Call, intent: Thing, *, confirmed: bool) -> str:
    """Go on after the owner confirmed or failed; return where they go back to.

    Raises a 400 when the intent does not wait for its owner.
    """
    if intent["status"] != "requires_action":
        message = "There is nothing to confirm: this payment is settled."
        raise GatewayError(400, message, code="payment_intent_unexpected_state")
    back = (intent["next_action"].get("redirect_to_url") or {}).get("return_url") or ""
    method = call.fetch("payment_method", intent["payment_method"])
    try:
        if not confirmed:
            raise _declined(call, intent, method, None)
        _settle(call, intent, method, BY_NAME[method["_card"]])
    except GatewayError:
        return _with_outcome(back, intent, "failed")
    return _with_outcome(back, intent, "succeeded")


def _with_outcome(back: str, intent: Thing, outcome: str) -> str:
    added = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
    }
    parts = urlsplit(back)
    query = "&".join(filter(None, [parts.query, urlencode(added | {"redirect_status": outcome})]))
    return urlunsplit(parts._replace(query=query))


def _declined(call: Call, intent: Thing, method: Thing, card: SampleCard | None) -> GatewayError:
    """Note the declined attempt; return the error. Without a card, its owner was not confirmed."""
    intent |= {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    if card is None:
        reason = {"code": "payment_intent_authentication_failure"}
        error = GatewayError(
            402, AUTHENTICATION_FAILED, saved=True, **reason, payment_method=method
        )
    else:
        charge = _charge(call, intent | {"payment_method": method["id"]}, method, paid=False)
        intent["latest_charge"] = charge["id"]
        error = GatewayError(
            402, card.message, kind="card_error", saved=True, charge=charge["id"], code=card.code,
            decline_code=card.decline_code, advice_code=card.advice, payment_method=method,
        )  # fmt: skip
    intent["last_payment_error"] = public(error.error)
    call.emit("payment_intent.payment_failed", intent)
    call.store.put(intent)
    error.error["payment_intent"] = intent
    return error


def _charge(call: Call, intent: Thing, method: Thing, *, paid: bool) -> Thing:
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "captured": paid,
        "created": call.created,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": "card", "card": method["card"]},
        "refunded": False,
        "status": "succeeded" if paid else "failed",
        "_key": call.key,
    }
    return call.store.put(charge)
