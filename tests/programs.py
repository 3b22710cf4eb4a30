"""Programs that tests start and end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]


def eventually(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until the condition is true, and return what it returned; fail after some seconds."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)
    return result


def children_of(pid: int) -> list[int]:
    """Return the ids of a process's own children."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


class Process:
    """A program that runs until it is stopped, with what it wrote."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Say whether it has not ended."""
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and all its children."""
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End it and all its children at once, as a crash of the machine would."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, wait a little, then end it."""
        if self.running:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.kill()
