"""Customers, and the cards that are theirs."""

from datetime import UTC, datetime

from reseller_portal.fake_gateway.call import PAGING, Call
from reseller_portal.fake_gateway.cards import (
    BY_LAST4,
    BY_NAME,
    SAMPLE_CUSTOMER,
    SAMPLE_METHOD,
    TOKENS,
    new_method,
)
from reseller_portal.fake_gateway.errors import GatewayError, missing, no_such
from reseller_portal.fake_gateway.things import Thing, new_id

FIELDS = ("name", "email", "description", "phone")
USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
    "attachment, shared with a connected account without Customer attachment, or was detached "
    "from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must "
    "attach it to a Customer first."
)


def create(call: Call) -> Thing:
    """Make a customer."""
    call.params.only(*FIELDS, "metadata", "address", "preferred_locales")
    customer = {
        "id": new_id("cus"),
        "object": "customer",
        "created": call.created,
        "livemode": False,
        "invoice_settings": {"default_payment_method": None},
        **{field: call.params.text(field) for field in FIELDS},
        "metadata": call.params.metadata(),
    }
    return call.store.put(customer)


def retrieve(call: Call, public_id: str) -> Thing:
    """Return a customer."""
    return customer_of(call, public_id)


def update(call: Call, public_id: str) -> Thing:
    """Change a customer."""
    call.params.only(*FIELDS, "metadata", "invoice_settings", "address")
    customer = customer_of(call, public_id)
    customer |= {name: call.params.text(name) for name in FIELDS if name in call.params.given}
    customer["metadata"] = call.params.metadata(customer["metadata"])
    customer["invoice_settings"] |= call.params.mapping("invoice_settings")
    return call.store.put(customer)


def listing(call: Call) -> Thing:
    """Return customers, newest first."""
    call.params.only(*PAGING, "email")
    return call.list_of("customer", "/v1/customers", "email")


def customer_of(call: Call, public_id: str, param: str = "") -> Thing:
    """Return a customer; one of the sample data is made when it is first asked for."""
    sample = SAMPLE_CUSTOMER.fullmatch(public_id)
    if sample and call.store.get(public_id, "customer") is None:
        blank = Call(call.store, call.params.__class__({}), call.now, call.base)
        customer = create(blank) | {"name": sample[1]}
        call.store.rows("DELETE FROM things WHERE id = ?", customer["id"])
        call.store.put({**customer, "id": public_id})
    return call.fetch("customer", public_id, param)


def method_of(call: Call, public_id: str, param: str = "") -> Thing:
    """Return a payment method; one of the sample data is made when it is first asked for."""
    if sample := SAMPLE_METHOD.fullmatch(public_id):
        last4, month, year, who = sample.groups()
        if last4 not in BY_LAST4:
            raise no_such("PaymentMethod", public_id, param or "id", 404)
        if call.store.get(public_id) is None:
            customer = customer_of(call, f"cus_sample_{who}")
            method = new_method(BY_LAST4[last4], int(month), int(year), call.created)
            call.store.put({**method, "id": public_id, "customer": customer["id"]})
    if public_id in TOKENS:
        return new_method(BY_NAME[TOKENS[public_id]], 12, year_of(call) + 3, call.created)
    return call.fetch("payment_method", public_id, param)


def year_of(call: Call) -> int:
    """Return the year that the gateway's clock shows (UTC)."""
    return datetime.fromtimestamp(call.now, UTC).year


def retrieve_method(call: Call, public_id: str) -> Thing:
    """Return a payment method."""
    return method_of(call, public_id)


def attach(call: Call, public_id: str) -> Thing:
    """Make a payment method a customer's."""
    call.params.only("customer")
    if not call.params.text("customer"):
        raise missing("customer")
    method = method_of(call, public_id)
    customer = customer_of(call, call.params.required("customer"), "customer")
    return attach_to(call, method, customer["id"])


def attach_to(call: Call, method: Thing, customer_id: str) -> Thing:
    """Make it this customer's; refuse one that was taken from a customer before."""
    if method["customer"] not in {None, customer_id}:
        message = "The payment method you provided has already been attached to a customer."
        raise GatewayError(400, message, code="payment_method_unexpected_state")
    if method.get("_used_up"):
        raise GatewayError(400, USED_UP, param="payment_method")
    method["customer"] = customer_id
    return call.store.put(method)


def detach(call: Call, public_id: str) -> Thing:
    """Take a payment method from its customer, for ever."""
    call.params.only()
    method = method_of(call, public_id)
    if method["customer"] is None:
        message = (
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
        raise GatewayError(400, message, param="payment_method")
    before = {"customer": method["customer"]}
    method |= {"customer": None, "_used_up": True}
    call.emit("payment_method.detached", method, before)
    return call.store.put(method)


def list_methods(call: Call) -> Thing:
    """Return the payment methods of a customer, newest first."""
    call.params.only(*PAGING, "customer", "type")
    customer = customer_of(call, call.params.required("customer"), "customer")
    kind = call.params.text("type", "card")
    return call.list_of("payment_method", "/v1/payment_methods", customer=customer["id"], type=kind)


def methods_of_customer(call: Call, public_id: str) -> Thing:
    """Return the payment methods of the customer in the address."""
    call.params.only(*PAGING, "type")
    customer = customer_of(call, public_id)
    url = f"/v1/customers/{customer['id']}/payment_methods"
    kind = call.params.text("type", "card")
    return call.list_of("payment_method", url, customer=customer["id"], type=kind)
