"""Answers the API: who asks, and one answer for one idempotency key."""

import base64
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reseller_portal.fake_gateway.call import Call
from reseller_portal.fake_gateway.errors import GatewayError, broken
from reseller_portal.fake_gateway.expanding import expand
from reseller_portal.fake_gateway.faults import Fault, Faults
from reseller_portal.fake_gateway.parameters import Parameters, decoded
from reseller_portal.fake_gateway.routes import route_to
from reseller_portal.fake_gateway.store import Store
from reseller_portal.fake_gateway.things import Thing, new_id, public

KEY_LIFE_SECONDS = 24 * 3600
LONGEST_KEY = 255
KEPT_REQUESTS = 2000
IN_USE = (
    "There is currently another in-progress request using this Idempotent Key (that probably means "
    "you submitted twice, and the other request is still going through): {}. "
    "Please try again later."
)
OTHER_PARAMETERS = (
    "Keys for idempotent requests can only be used with the same parameters they were first used "
    "with. Try using a key other than '{}' if you meant to execute a different request."
)
OTHER_ENDPOINT = (
    "Keys for idempotent requests can only be used for the same endpoint they were first used for "
    "('{}' vs '{}'). Try using a key other than '{}' if you meant to execute a different request."
)


@dataclass
class Request:
    """What came over the wire, and when."""

    method: str
    path: str
    text: str
    authorization: str
    key: str
    base: str
    now: float

    @property
    def endpoint(self) -> str:
        """Return the address, to which a key belongs."""
        return f"{self.method} {self.path}"


@dataclass
class Reply:
    """What goes back: a status, JSON, and whether it is an earlier answer once more."""

    status: int
    body: Thing
    replayed: bool = False
    request_id: str = ""


class Api:
    """The API of one store. `requests` are the last ones, oldest first."""

    def __init__(self, store: Store, secret_key: str, faults: Faults) -> None:
        self.store, self.secret_key, self.faults = store, secret_key, faults
        self.requests: deque[Thing] = deque(maxlen=KEPT_REQUESTS)
        self._lock = threading.Lock()
        self._running: set[str] = set()

    def answer(self, request: Request, fault: Fault | None = None) -> Reply:
        """Return the answer; refusals are answers too. A `fault` may make it late or an error."""
        request_id = new_id("req")
        try:
            self._identify(request)
            with self._alone(request.key):
                if fault and fault.kind == "slow":
                    self.faults.hang(fault.seconds)
                reply = self._once(request, request_id, fault)
        except GatewayError as refusal:
            reply = Reply(refusal.status, refusal.body)
        if fault and fault.kind == "error_after":
            reply = Reply(500, broken().body)
        reply.request_id = request_id
        self.note(request, reply)
        return reply

    def note(self, request: Request, reply: Reply | None) -> None:
        """Remember the request for whoever counts; without a reply it never got one."""
        seen = {"method": request.method, "path": request.path, "key": request.key}
        status, replayed = (reply.status, reply.replayed) if reply else (None, False)
        self.requests.append(seen | {"status": status, "replayed": replayed})

    def _identify(self, request: Request) -> None:
        scheme, _, given = request.authorization.partition(" ")
        if scheme == "Basic":
            given = base64.b64decode(given).decode(errors="replace").partition(":")[0]
        if given != self.secret_key:
            hidden = f"{given[:8]}{'*' * 8}"
            raise GatewayError(401, f"Invalid API Key provided: {hidden}")
        if len(request.key) > LONGEST_KEY:
            raise GatewayError(400, "Idempotency keys are at most 255 characters long.")

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._lock:
            if key and key in self._running:
                raise GatewayError(409, IN_USE.format(key), code="idempotency_key_in_use")
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def _once(self, request: Request, request_id: str, fault: Fault | None) -> Reply:
        with self.store.transaction():
            earlier = self._earlier(request)
            if earlier is not None:
                return earlier
            try:
                reply = Reply(200, self._work(request, request_id))
            except GatewayError as refusal:
                if not refusal.saved:
                    raise
                reply = Reply(refusal.status, refusal.body)
            kept = broken().body if fault and fault.kind == "error_after" and fault.saved else None
            self._keep(request, Reply(500, kept) if kept else reply)
            return reply

    def _work(self, request: Request, request_id: str) -> Thing:
        answer, ids = route_to(request.method, request.path)
        params = Parameters(decoded(request.text))
        call = Call(self.store, params, request.now, request.base, request.key, request_id)
        thing: Thing = public(expand(self.store, answer(call, *ids), params.texts("expand")))
        return thing

    def _earlier(self, request: Request) -> Reply | None:
        oldest = request.now - KEY_LIFE_SECONDS
        self.store.rows("DELETE FROM answers WHERE at <= ?", oldest)
        found = self.store.rows(
            "SELECT endpoint, parameters, status, body FROM answers WHERE key = ?", request.key
        )
        if not found:
            return None
        endpoint, parameters, status, body = found[0]
        if endpoint != request.endpoint:
            message = OTHER_ENDPOINT.format(endpoint, request.endpoint, request.key)
            raise GatewayError(400, message, kind="idempotency_error")
        if parameters != _fingerprint(request.text):
            raise GatewayError(400, OTHER_PARAMETERS.format(request.key), kind="idempotency_error")
        return Reply(status, json.loads(body), replayed=True)

    def _keep(self, request: Request, reply: Reply) -> None:
        if request.key and request.method == "POST":
            self.store.rows(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                request.key,
                request.endpoint,
                _fingerprint(request.text),
                reply.status,
                json.dumps(reply.body),
                request.now,
            )


def _fingerprint(text: str) -> str:
    return json.dumps(decoded(text), sort_keys=True)
