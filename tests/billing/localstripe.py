"""localstripe, a gateway that others wrote, and an address at which our adapter can speak to it.

It knows an older Stripe and refuses what it does not know, so a relay leaves those parameters out:
which kinds of payment are allowed, where a person comes back to, and by what a list is narrowed.
The relay remembers the idempotency keys, which localstripe does not look at.
"""

import sys
import threading
from collections.abc import Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import stripe

from tests.mailserver import free_port
from tests.programs import Process, eventually

SECRET_KEY = "sk_test_of_the_tests"
# It would keep its state in one file for the whole machine.
START = """
from localstripe.resources import Store
from localstripe.server import start
Store.dump_to_disk = lambda _store: None
start()
"""
UNKNOWN_TO_IT = {
    "POST": ("allowed_payment_method_types", "return_url"),
    "GET": ("customer", "created"),
}


class LocalStripe:
    """The process, and the relay before it: `url` is the relay's, `own_url` localstripe's."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.own_url = f"http://127.0.0.1:{self.port}"
        self.keys: list[str] = []
        command = [sys.executable, "-W", "ignore", "-c", START]
        arguments = ["--port", str(self.port), "--from-scratch"]
        self._process = Process([*command, *arguments], {}, folder / "localstripe.log")
        self._relay = ThreadingHTTPServer(("127.0.0.1", 0), relay_to(self))
        self.url = f"http://127.0.0.1:{self._relay.server_port}"
        threading.Thread(target=self._relay.serve_forever, args=[0.05]).start()
        eventually(self._answers)

    def stop(self) -> None:
        """End both."""
        self._relay.shutdown()
        self._relay.server_close()
        self._process.kill()

    def _answers(self) -> bool:
        assert self._process.running, self._process.log.read_text()
        try:
            return self.ask("GET", "/v1/balance_transactions", "", {})[0] == 200
        except OSError:
            return False

    def ask(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Ask localstripe; returns status and body."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        who = {"Authorization": f"Bearer {SECRET_KEY}"}
        link.request(method, path, body, {**who, **headers})
        answer = link.getresponse()
        status, text = answer.status, answer.read()
        link.close()
        return status, text

    def client(self) -> Any:
        """Return the official library, which speaks to localstripe itself."""
        return stripe.StripeClient(SECRET_KEY, base_addresses={"api": self.own_url}).v1

    def configure_webhook(self, url: str, secret: str) -> None:
        """Let it tell a server of what happens."""
        form = urlencode({"url": url, "secret": secret})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self.ask("POST", "/_config/webhooks/ours", form, headers)[0] == 200

    def card(self, customer: str, number: str = "4242424242424242") -> str:
        """Return the id of a new card of a customer."""
        methods = self.client().payment_methods
        card = {"number": number, "exp_month": 12, "exp_year": 2031, "cvc": "123"}
        made = methods.create({"type": "card", "card": card})
        methods.attach(made.id, {"customer": customer})
        return str(made.id)

    def authenticate(self, intent_id: str, *, success: bool = True) -> None:
        """Do what the card's owner does on the bank's page."""
        secret = self.client().payment_intents.retrieve(intent_id).client_secret
        form = urlencode({"client_secret": secret, "success": str(success).lower()})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.ask("POST", f"/v1/payment_intents/{intent_id}/_authenticate", form, headers)


def relay_to(peer: LocalStripe) -> type[BaseHTTPRequestHandler]:
    """Return what passes requests on without the parameters that localstripe does not know."""

    class Relay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            self._pass_on(f"{address.path}?{known(self.command, address.query)}", "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            peer.keys.append(self.headers["Idempotency-Key"] or "")
            self._pass_on(self.path, known(self.command, body))

        def _pass_on(self, path: str, body: str) -> None:
            headers = {"Content-Type": self.headers["Content-Type"] or "text/plain"}
            status, text = peer.ask(self.command, path, body, headers)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    return Relay


def known(method: str, parameters: str) -> str:
    """Return the parameters that localstripe knows."""
    pairs = parse_qsl(parameters, keep_blank_values=True)
    return urlencode([pair for pair in pairs if pair[0].split("[")[0] not in UNKNOWN_TO_IT[method]])
