"""The HTTP server: one thread a connection, API, pages and control by the path."""

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from reseller_portal.fake_gateway.api import Reply, Request
from reseller_portal.fake_gateway.control import controlled
from reseller_portal.fake_gateway.errors import GatewayError, broken
from reseller_portal.fake_gateway.faults import AFTER, Fault
from reseller_portal.fake_gateway.gateway import Gateway
from reseller_portal.fake_gateway.pages import page_for

CONTROL = "/_fake/"
LARGEST_BODY = 1_000_000
TOO_MANY = "Request rate limit exceeded."


class Server(ThreadingHTTPServer):
    """Serves one gateway on a socket that already listens."""

    daemon_threads = True
    gateway: Gateway

    def __init__(self, listener: socket.socket, gateway: Gateway) -> None:
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.gateway = gateway


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server
    wbufsize = -1  # head and body in one write
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LARGEST_BODY)).decode(errors="replace")
        address = urlsplit(self.path)
        if address.path.startswith("/v1/"):
            self._serve_api(address.path, body or address.query)
        elif address.path.startswith(CONTROL):
            path = address.path.removeprefix(CONTROL)
            self._send_json(*controlled(self.server.gateway, self.command, path, body))
        else:
            gateway = self.server.gateway
            page = page_for(gateway, self.command, address.path, address.query, body)
            self._send(page.status, page.headers, page.text.encode())

    def _serve_api(self, path: str, text: str) -> None:
        gateway = self.server.gateway
        request = Request(
            method=self.command,
            path=path,
            text=text,
            authorization=self.headers.get("Authorization", ""),
            key=self.headers.get("Idempotency-Key", ""),
            base=gateway.base,
            now=gateway.now(),
        )
        fault = gateway.faults.take(request.method, path)
        if fault and fault.kind not in {*AFTER, "slow"}:
            gateway.api.note(request, None)
            self._suffer(fault)
            return
        reply = gateway.api.answer(request, fault)
        gateway.webhooks.wake()
        if fault and fault.kind in {"timeout_after", "reset_after"}:
            self._suffer(fault)
        else:
            self._send_reply(reply)

    def _suffer(self, fault: Fault) -> None:
        if fault.kind == "error_before":
            self._send_json(500, broken().body)
        elif fault.kind == "rate_limit":
            self._send_json(429, GatewayError(429, TOO_MANY, code="rate_limit").body)
        elif fault.kind.startswith("timeout"):
            self.server.gateway.faults.hang(fault.seconds)
            self.close_connection = True
        else:
            # Closing with this option breaks the connection off instead of ending it.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

    def _send_reply(self, reply: Reply) -> None:
        headers = {"Request-Id": reply.request_id, "Stripe-Version": "2026-10-28.endive"}
        if reply.replayed:
            headers["Idempotent-Replayed"] = "true"
        self._send_json(reply.status, reply.body, headers)

    def _send_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        kind = {"Content-Type": "application/json"}
        self._send(status, kind | (headers or {}), json.dumps(body).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Write one line: method, path without its query, status."""
        path = urlsplit(getattr(self, "path", "")).path
        if not path.startswith(CONTROL):
            super().log_message("%s %s %s", self.command, path, args[1] if len(args) > 1 else "")
