"""Valkey in the state folder: Celery's broker, reached by a socket, kept across restarts."""

import socket

from reseller_portal.supervisor.binaries import valkey_program
from reseller_portal.supervisor.children import Child
from reseller_portal.supervisor.state import State


class Valkey:
    """The server of one state folder."""

    def __init__(self, state: State) -> None:
        self.socket = state.sockets / "valkey.sock"
        self.data = state.root / "valkey"
        self.server = Child(
            "Valkey",
            [str(valkey_program()), "--port", "0", "--unixsocket", str(self.socket)]
            + ["--unixsocketperm", "700", "--dir", str(self.data), "--daemonize", "no"]
            + ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
            + ["--maxmemory-policy", "noeviction"],
            log=state.log("valkey"),
        )

    @property
    def url(self) -> str:
        """Return the REDIS_URL, with the scheme that Celery knows."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def begin(self) -> None:
        """Start the server."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.server.start()

    def finish(self) -> None:
        """Wait until the server answers. Raises CannotRunError with its last lines."""
        self.server.wait_until(self._answers)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False
