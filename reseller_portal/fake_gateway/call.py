"""One request to the API, as the functions that answer it see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reseller_portal.fake_gateway.errors import GatewayError, no_such
from reseller_portal.fake_gateway.parameters import Parameters
from reseller_portal.fake_gateway.store import Store
from reseller_portal.fake_gateway.things import Thing, new_id, public

NOUNS = {
    "checkout.session": "checkout.session",
    "payment_intent": "payment_intent",
    "payment_method": "PaymentMethod",
    "setup_intent": "setupintent",
}


@dataclass
class Call:
    """A request: what it wants, when it is (in the gateway's own clock), where its pages lie."""

    store: Store
    params: Parameters
    now: float
    base: str
    key: str = ""
    request_id: str = ""

    @property
    def created(self) -> int:
        """Return the whole second that it is."""
        return int(self.now)

    def fetch(self, kind: str, public_id: str, param: str = "") -> Thing:
        """Return the object; a missing one named by the parameter `param` is a 400, else a 404."""
        found = self.store.get(public_id, kind)
        if found is None:
            status = 400 if param else 404
            raise no_such(NOUNS.get(kind, kind), public_id, param or "id", status)
        return found

    def emit(self, kind: str, thing: Thing, before: Thing | None = None) -> None:
        """Note that this happened, for the event list and to be told to the webhook.

        `before`: what the fields that changed were.
        """
        data = {"object": public(thing)} | ({"previous_attributes": before} if before else {})
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self.created,
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": self.request_id or None, "idempotency_key": self.key or None},
            "type": kind,
        }
        self.store.put(event)
        self.store.rows("INSERT INTO deliveries VALUES (?, 'waiting', 0, 0, '[]')", event["id"])

    def list_of(self, kind: str, url: str, *filters: str, **fixed: Any) -> Thing:
        """Return a page of the objects of a kind, newest first, as `limit` and so on ask."""
        wanted = {name: value for name in filters if (value := self.params.text(name))}
        found = [each for each in self.store.find(kind, **wanted, **fixed) if self._within(each)]
        limit = self.params.integer("limit", 10) or 10
        if not 1 <= limit <= 100:
            raise GatewayError(400, "This value must be between 1 and 100.", param="limit")
        after = self.params.text("starting_after")
        if after:
            places = [place for place, each in enumerate(found) if each["id"] == after]
            if not places:
                raise no_such(kind, after, "starting_after", 400)
            found = found[places[0] + 1 :]
        more = len(found) > limit
        return {"object": "list", "url": url, "has_more": more, "data": found[:limit]}

    def _within(self, thing: Thing) -> bool:
        bounds: dict[str, Callable[[int, int], bool]] = {
            "gte": int.__ge__,
            "gt": int.__gt__,
            "lte": int.__le__,
            "lt": int.__lt__,
        }
        if "created" not in self.params.given:
            return True
        given = Parameters(self.params.mapping("created"))
        given.only(*bounds)
        return all(bounds[name](thing["created"], given.integer(name) or 0) for name in given.given)


Answer = Callable[..., Thing]
PAGING = ("limit", "starting_after", "created")
