"""The addresses of the API that the portal needs, and what answers each."""

import re
from dataclasses import dataclass

from reseller_portal.fake_gateway import checkout, customers, payments, refunds
from reseller_portal.fake_gateway.call import PAGING, Answer, Call
from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.things import Thing


def retrieve_event(call: Call, public_id: str) -> Thing:
    """Return an event."""
    return call.fetch("event", public_id)


def list_events(call: Call) -> Thing:
    """Return events, of a type or all, newest first."""
    call.params.only(*PAGING, "type")
    return call.list_of("event", "/v1/events", "type")


@dataclass(frozen=True)
class Route:
    """A method, an address whose `*` are ids, and what answers."""

    method: str
    address: str
    answer: Answer

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        """Return the ids in the path, None when it is not this route's."""
        pattern = re.escape(self.address).replace(r"\*", r"([^/]+)")
        found = re.fullmatch(pattern, path) if method == self.method else None
        return found.groups() if found else None


ROUTES = (
    Route("POST", "/v1/customers", customers.create),
    Route("GET", "/v1/customers", customers.listing),
    Route("GET", "/v1/customers/*", customers.retrieve),
    Route("POST", "/v1/customers/*", customers.update),
    Route("GET", "/v1/customers/*/payment_methods", customers.methods_of_customer),
    Route("GET", "/v1/payment_methods", customers.list_methods),
    Route("GET", "/v1/payment_methods/*", customers.retrieve_method),
    Route("POST", "/v1/payment_methods/*/attach", customers.attach),
    Route("POST", "/v1/payment_methods/*/detach", customers.detach),
    Route("POST", "/v1/checkout/sessions", checkout.create),
    Route("GET", "/v1/checkout/sessions", checkout.listing),
    Route("GET", "/v1/checkout/sessions/*", checkout.retrieve),
    Route("POST", "/v1/checkout/sessions/*/expire", checkout.expire),
    Route("GET", "/v1/setup_intents/*", checkout.retrieve_setup_intent),
    Route("POST", "/v1/payment_intents", payments.create),
    Route("GET", "/v1/payment_intents", payments.listing),
    Route("GET", "/v1/payment_intents/*", payments.retrieve),
    Route("POST", "/v1/payment_intents/*", payments.update),
    Route("POST", "/v1/payment_intents/*/confirm", payments.confirm),
    Route("POST", "/v1/payment_intents/*/cancel", payments.cancel),
    Route("GET", "/v1/charges", refunds.list_charges),
    Route("GET", "/v1/charges/*", refunds.retrieve_charge),
    Route("POST", "/v1/refunds", refunds.create),
    Route("GET", "/v1/refunds", refunds.listing),
    Route("GET", "/v1/refunds/*", refunds.retrieve),
    Route("GET", "/v1/events", list_events),
    Route("GET", "/v1/events/*", retrieve_event),
)


def route_to(method: str, path: str) -> tuple[Answer, tuple[str, ...]]:
    """Return what answers, and the ids it is given. Raises a 404 for an address without one."""
    for route in ROUTES:
        ids = route.ids(method, path)
        if ids is not None:
            return route.answer, ids
    raise GatewayError(404, f"Unrecognized request URL ({method}: {path}).")
