"""`python -m reseller_portal.fake_gateway --state FOLDER (--port N | --descriptor N)`."""

import argparse
import os
import socket
from pathlib import Path

from reseller_portal.fake_gateway.gateway import Gateway
from reseller_portal.fake_gateway.server import Server


def main() -> None:
    """Serve until a signal ends the process; every answer that was given is in the file."""
    options = _parser().parse_args()
    os.umask(0o077)
    options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = _listener(options.port, options.descriptor)
    gateway = Gateway(
        options.state / "gateway.sqlite3",
        f"http://127.0.0.1:{listener.getsockname()[1]}",
        secret_key=os.environ["STRIPE_SECRET_KEY"],
        webhook_secret=os.environ["STRIPE_WEBHOOK_SECRET"],
        webhook_url=options.webhook,
    )
    gateway.webhooks.start()
    Server(listener, gateway).serve_forever()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reseller_portal.fake_gateway")
    parser.add_argument("--state", type=Path, required=True, help="the folder of its file")
    parser.add_argument("--webhook", default="", help="where events are posted to")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="the loopback port to listen on")
    where.add_argument("--descriptor", type=int, help="a socket that listens already")
    return parser


def _listener(port: int | None, descriptor: int | None) -> socket.socket:
    if descriptor is not None:
        return socket.socket(fileno=descriptor)
    return socket.create_server(("127.0.0.1", port or 0), backlog=512)


if __name__ == "__main__":
    main()
