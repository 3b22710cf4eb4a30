"""A broker of a test's own."""

import os
import signal
import socket
from pathlib import Path

from reseller_portal.supervisor.binaries import valkey_program
from tests.programs import Process, eventually


class Valkey:
    """A broker of one's own, to be stopped, frozen and emptied."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.socket = folder, folder / "valkey.sock"
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Return the REDIS_URL."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = [str(valkey_program()), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--dir", str(self._folder), "--save", ""]
        self._process = Process(command, dict(os.environ), self._folder / "valkey.log")
        eventually(lambda: self.socket.exists() and self.ask("PING") == "+PONG")

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self._process is not None:
            self.thaw()
            self._process.kill()
            self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it hang: connections are accepted and never answered."""
        if self._process is not None:
            self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None and self._process.running:
            self._process.send(signal.SIGCONT)

    def ask(self, *words: str) -> str:
        """Send a command and return the first line of the answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(2)
            try:
                link.connect(str(self.socket))
            except OSError:
                return ""
            link.sendall(" ".join(words).encode() + b"\r\n")
            return link.recv(200).decode().partition("\r\n")[0]
