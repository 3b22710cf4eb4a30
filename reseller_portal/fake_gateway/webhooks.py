"""Tells the portal what happened: signed as Stripe signs, again and again until it says 2xx."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.store import Store
from reseller_portal.fake_gateway.things import Thing

BACK_OFF = [1, 2, 5, 10, 30, 60, 300, 900, 3600, 3600, 3600]
PATIENCE = 10.0
STALE_SECONDS = 600
CHOICES = {"order": ("oldest", "newest"), "signature": ("right", "wrong", "stale", "none")}
DUE = """
    SELECT event FROM deliveries JOIN things ON things.id = event
    WHERE state = 'waiting' AND due <= ? ORDER BY number
"""


def signature(payload: bytes, secret: str, at: int) -> str:
    """Return the header `Stripe-Signature` of a payload."""
    signed = hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


class Webhooks:
    """Deliveries of one store, by a thread of its own.

    How they are made can be changed: `url` (without one they wait), `withheld`, `times` (each so
    often), `order` (oldest or newest first), `signature` (right, wrong, stale, none), `back_off`
    (seconds between attempts; after the last the delivery is given up).
    """

    def __init__(self, store: Store, url: str, secret: str) -> None:
        self.store = store
        self._usual: Thing = {
            "url": url,
            "secret": secret,
            "withheld": False,
            "times": 1,
            "order": "oldest",
            "signature": "right",
            "back_off": BACK_OFF,
        }
        self._woken = threading.Event()
        self._delivering = threading.Lock()

    @property
    def manner(self) -> Thing:
        """Return how deliveries are made now."""
        changed: Thing = self.store.note("webhooks", {})
        return self._usual | changed

    def change(self, wish: Thing) -> None:
        """Make deliveries otherwise; raises a 400 for what cannot be."""
        for name, value in wish.items():
            if not self._possible(name, value):
                raise GatewayError(400, f"{name} cannot be {value}")
        self.store.set_note("webhooks", self.store.note("webhooks", {}) | wish)
        self.wake()

    def _possible(self, name: str, value: Any) -> bool:
        if name not in self._usual or type(value) is not type(self._usual[name]):
            return False
        if name == "url":
            return value == "" or urlsplit(value).scheme in {"http", "https"}
        return value in CHOICES.get(name, (value,))

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        self._woken.set()

    def start(self) -> None:
        """Deliver in the background from now on."""
        threading.Thread(target=self._forever, daemon=True, name="webhooks").start()

    def _forever(self) -> None:
        while True:
            self._woken.clear()
            manner = self.manner
            if manner["url"] and not manner["withheld"]:
                self.deliver(time.time())
            self._woken.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float | None:
        manner = self.manner
        sql = "SELECT min(due) FROM deliveries WHERE state = 'waiting'"
        ((due,),) = self.store.rows(sql)
        if due is None or manner["withheld"] or not manner["url"]:
            return None
        return max(0.05, float(due) - time.time())

    def deliver(self, until: float | None = None) -> list[Thing]:
        """Deliver what is due at `until`, or all that waits; return what was answered to each."""
        with self._delivering:
            manner = self.manner
            limit = float("inf") if until is None else until
            events = [event for (event,) in self.store.rows(DUE, limit)]
            if manner["order"] == "newest":
                events.reverse()
            return [self._deliver(event, manner) for event in events if manner["url"]]

    def _deliver(self, event_id: str, manner: Thing) -> Thing:
        event = self.store.get(event_id) or {}
        payload = json.dumps(event, indent=2).encode()
        statuses = [_post(payload, manner) for _ in range(manner["times"])]
        self._settle(event_id, statuses, manner["back_off"])
        return {"event": event_id, "type": event.get("type"), "statuses": statuses}

    def _settle(self, event_id: str, statuses: list[int], back_off: list[float]) -> None:
        sql = "SELECT attempts, statuses FROM deliveries WHERE event = ?"
        with self.store.transaction():
            found = self.store.rows(sql, event_id)
            if not found:  # everything was forgotten meanwhile
                return
            attempts, before = found[0][0] + 1, json.loads(found[0][1])
            state, due = "delivered", 0.0
            if not any(200 <= status < 300 for status in statuses):
                state = "waiting" if attempts <= len(back_off) else "given up"
                due = time.time() + back_off[min(attempts, len(back_off)) - 1] if back_off else 0
            self.store.rows(
                "UPDATE deliveries SET state = ?, attempts = ?, due = ?, statuses = ?"
                " WHERE event = ?",
                state,
                attempts,
                due,
                json.dumps(before + statuses),
                event_id,
            )

    def deliveries(self) -> list[Thing]:
        """Return every event with the state of its delivery, oldest first."""
        rows = self.store.rows(
            "SELECT event, json_extract(body, '$.type'), state, attempts, statuses"
            " FROM deliveries JOIN things ON things.id = event ORDER BY number"
        )
        names = ("event", "type", "state", "attempts", "statuses")
        return [dict(zip(names, (*row[:4], json.loads(row[4])), strict=True)) for row in rows]


def _post(payload: bytes, manner: Thing) -> int:
    """Return the status of the answer, 0 without one. A redirect is not followed."""
    address = urlsplit(manner["url"])
    kinds: Any = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = kinds[address.scheme](address.netloc, timeout=PATIENCE)
    try:
        path = address.path + (f"?{address.query}" if address.query else "")
        connection.request("POST", path or "/", payload, _headers(payload, manner))
        status: int = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return status


def _headers(payload: bytes, manner: Thing) -> dict[str, str]:
    # The real time, never the gateway's own clock: receivers compare it with theirs.
    at = int(time.time()) - (STALE_SECONDS if manner["signature"] == "stale" else 0)
    secret = manner["secret"] + ("?" if manner["signature"] == "wrong" else "")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers["User-Agent"] = "Stripe/1.0 (test gateway)"
    if manner["signature"] != "none":
        headers["Stripe-Signature"] = signature(payload, secret, at)
    return headers
