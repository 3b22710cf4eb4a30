"""Charges as the API shows them, and the money that goes back."""

from reseller_portal.fake_gateway.call import PAGING, Call
from reseller_portal.fake_gateway.customers import method_of
from reseller_portal.fake_gateway.errors import GatewayError, missing
from reseller_portal.fake_gateway.things import Thing, new_id

ARRIVES_AFTER = 3600


def create(call: Call) -> Thing:
    """Pay back a charge, or a part of it, never more than is left of it."""
    params = call.params
    params.only("payment_intent", "charge", "amount", "reason", "metadata")
    reason = params.choice("reason", "duplicate", "fraudulent", "requested_by_customer")
    asked = params.amount("amount")
    charge = _charge_of(call)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise GatewayError(400, message, code="charge_already_refunded", saved=True)
    amount = left if asked is None else asked
    if amount > left:
        message = (
            f"Refund amount ({amount / 100:.2f} {charge['currency']}) is greater than unrefunded "
            f"amount on charge ({left / 100:.2f} {charge['currency']})"
        )
        raise GatewayError(400, message, param="amount", saved=True)
    refund = _refund(call, charge, amount, reason)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.store.put(charge)
    call.emit("charge.refunded", charge)
    return refund


def _charge_of(call: Call) -> Thing:
    if call.params.text("charge"):
        charge = call.fetch("charge", call.params.required("charge"), "charge")
        if charge["paid"]:
            return charge
        raise GatewayError(400, f"Charge {charge['id']} was not paid.", param="charge", saved=True)
    if not call.params.text("payment_intent"):
        raise missing("payment_intent")
    public_id = call.params.required("payment_intent")
    intent = call.fetch("payment_intent", public_id, "payment_intent")
    paid = [c for c in call.store.find("charge", payment_intent=intent["id"]) if c["paid"]]
    if not paid:
        message = (
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
        raise GatewayError(400, message, param="payment_intent", saved=True)
    return paid[0]


def _refund(call: Call, charge: Thing, amount: int, reason: str | None) -> Thing:
    refund = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": call.created,
        "currency": charge["currency"],
        "metadata": call.params.metadata(),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "pending" if _is_slow(call, charge) else "succeeded",
        "_key": call.key,
    }
    return call.store.put(refund)


def _is_slow(call: Call, charge: Thing) -> bool:
    return bool(method_of(call, charge["payment_method"])["_card"] == "slow_refunds")


def retrieve(call: Call, public_id: str) -> Thing:
    """Return a refund; a pending one has arrived after an hour."""
    refund = call.fetch("refund", public_id)
    if refund["status"] == "pending" and call.now >= refund["created"] + ARRIVES_AFTER:
        return become(call, refund, "succeeded")
    return refund


def become(call: Call, refund: Thing, status: str) -> Thing:
    """Let the bank say what became of a refund: succeeded or failed, also after the other."""
    before = {"status": refund["status"]}
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
        charge = call.fetch("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        call.store.put(charge)
    call.emit("refund.updated", refund, before)
    return call.store.put(refund)


def listing(call: Call) -> Thing:
    """Return refunds, of a charge, of an intent or all, newest first."""
    call.params.only(*PAGING, "payment_intent", "charge")
    return call.list_of("refund", "/v1/refunds", "payment_intent", "charge")


def retrieve_charge(call: Call, public_id: str) -> Thing:
    """Return a charge."""
    return call.fetch("charge", public_id)


def list_charges(call: Call) -> Thing:
    """Return charges, failed ones too, newest first."""
    call.params.only(*PAGING, "payment_intent", "customer")
    return call.list_of("charge", "/v1/charges", "payment_intent", "customer")
