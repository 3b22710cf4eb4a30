"""A test gateway of one's own; docs/test-gateway.md tells what it can do."""

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from reseller_portal.fake_gateway.webhooks import signature
from tests.mailserver import free_port
from tests.programs import Process, eventually

Json = Any


class Gateway:
    """The process, what tests look at and change in it, and a client of the official library."""

    secret_key = "sk_test_of_the_tests"
    webhook_secret = "whsec_of_the_tests"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process of the portal has to be told."""
        return {
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_API_BASE": self.url,
        }

    def start(self) -> None:
        """Start it with all that it knew, and wait until it answers."""
        command = [sys.executable, "-m", "reseller_portal.fake_gateway"]
        command += ["--state", str(self.folder), "--port", str(self.port)]
        log = self.folder.with_suffix(".log")
        self._process = Process(command, {**os.environ, **self.environment}, log)
        eventually(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.running, self._process.log.read_text()
        try:
            return bool(self.ask("GET", "health"))
        except OSError:
            return False

    @property
    def running(self) -> bool:
        """Say whether it is there."""
        return self._process is not None and self._process.running

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        if self._process is not None:
            self._process.kill()

    def client(self, timeout: float = 5) -> stripe.StripeClient:
        """Return the official library, which asks once and waits so many seconds."""
        return stripe.StripeClient(
            self.secret_key,
            base_addresses={"api": self.url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout),
        )

    def ask(self, method: str, path: str, /, **wish: Json) -> Json:
        """Ask `/_fake/<path>`; an answer that is no 200 fails the test."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/_fake/{path}", json.dumps(wish))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        assert answer.status == 200, text
        return json.loads(text)

    def reset(self) -> None:
        """Let it forget everything."""
        self.ask("POST", "reset")

    def charges(self) -> list[Json]:
        """Return the charges that were paid, oldest first."""
        return [each for each in self.attempts() if each["status"] == "succeeded"]

    def attempts(self) -> list[Json]:
        """Return all charges, declined ones (status failed) too, oldest first."""
        return list(self.ask("GET", "charges"))

    def refunds(self) -> list[Json]:
        """Return the refunds, oldest first."""
        return list(self.ask("GET", "refunds"))

    def refund_becomes(self, refund_id: str, status: str) -> None:
        """Let the card's bank say what became of a refund: `succeeded` or `failed`."""
        self.ask("POST", f"refunds/{refund_id}", status=status)

    def requests(self, path: str = "", method: str = "POST") -> list[Json]:
        """Return the API's requests to addresses that begin so, oldest first."""
        asked = self.ask("GET", "requests")
        return [
            each for each in asked if each["path"].startswith(path) and each["method"] == method
        ]

    def fault(self, kind: str, path: str = "/v1/payment_intents*", **more: Json) -> None:
        """Let the next request (`times`, `method`, `seconds`, `saved`, `skip`) suffer."""
        self.ask("POST", "faults", kind=kind, path=path, **more)

    def clear_faults(self) -> None:
        """Forget the faults, and let go of requests that hang."""
        self.ask("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Let its clock jump: keys live 24 hours of it, cards and pages end by it."""
        self.ask("POST", "clock", advance=seconds)

    def customer(self, name: str = "Acme") -> str:
        """Return the id of a new customer."""
        return str(self.client().v1.customers.create({"name": name}).id)

    def card(self, customer: str, card: str = "succeeds", **date: int) -> str:
        """Return the id of a new card of the customer (`exp_month`, `exp_year`)."""
        return str(self.ask("POST", "cards", customer=customer, card=card, **date)["id"])

    def becomes(self, card_id: str, card: str) -> None:
        """Let a saved card behave like another one from now on."""
        self.ask("POST", f"cards/{card_id}", card=card)

    def pick_card(self, session_id: str, card: str = "succeeds", **date: int) -> None:
        """Do what a person does on the page of a checkout session."""
        self.ask("POST", f"checkout/{session_id}", card=card, **date)

    def authenticate(self, intent_id: str, *, confirmed: bool = True) -> str:
        """Do what the card's owner does on the page; return the address they go back to."""
        wish = {"confirmed": confirmed}
        return str(self.ask("POST", f"authenticate/{intent_id}", **wish)["return_url"])

    def webhooks(self, **manner: Json) -> None:
        """Change how events are told: `url`, `withheld`, `times`, `order`, `signature`, …"""
        self.ask("POST", "webhooks", **manner)

    def deliver(self) -> list[Json]:
        """Tell all events that wait, now; return the `statuses` that were answered to each."""
        return list(self.ask("POST", "webhooks/deliver"))

    def deliveries(self) -> list[Json]:
        """Return every event's `type`, `state`, `attempts`, `statuses`, oldest first."""
        return list(self.ask("GET", "webhooks")["deliveries"])

    def events(self, kind: str = "") -> list[Json]:
        """Return the events of a type or all, oldest first, as they are told."""
        listed = self.client().v1.events.list({"limit": 100, **({"type": kind} if kind else {})})
        return [json.loads(str(event)) for event in reversed(listed.data)]

    def signed(self, event: Json) -> tuple[bytes, str]:
        """Return an event's body and its `Stripe-Signature`, to be posted by the test itself."""
        payload = json.dumps(event).encode()
        return payload, signature(payload, self.webhook_secret, int(time.time()))


@pytest.fixture(scope="session")
def gateway_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A running gateway, one for all tests of this process."""
    gateway = Gateway(tmp_path_factory.mktemp("gateway") / "state")
    gateway.start()
    yield gateway
    gateway.kill()


@pytest.fixture
def gateway(gateway_process: Gateway, settings: Any) -> Gateway:
    """An empty gateway, which the settings of this process name."""
    if not gateway_process.running:
        gateway_process.start()
    gateway_process.reset()
    for name, value in gateway_process.environment.items():
        setattr(settings, name, value)
    return gateway_process
