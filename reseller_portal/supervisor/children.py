"""The keeper's children: each in a process group of its own, none outliving the keeper."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from reseller_portal.supervisor.account import OURS, Account
from reseller_portal.supervisor.kernel import dying_with
from reseller_portal.supervisor.problems import CannotRunError, last_lines


class Child:
    """One program: how it is started, where its output goes, how it is asked to end."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 2.0,
        account: Account = OURS,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        """`patience`: seconds from `stop_signal` to a kill; `descriptors` are handed on open."""
        self.name = name
        self.command = [*account.prefix, *command]
        self.log = log
        self.stop_signal = stop_signal
        self.patience = patience
        self.account = account
        self.descriptors = descriptors
        self.environment: Mapping[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again too. Only the main thread may: the kernel watches the one that forked."""
        if self.process is not None:
            _kill_group(self.process.pid)  # what a killed worker left, such as its pool
            self.process.wait()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                pass_fds=self.descriptors,
                process_group=0,
                preexec_fn=dying_with(os.getpid(), self.stop_signal),
                **self.account.as_options(),
            )

    @property
    def running(self) -> bool:
        """Say whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Return its process id, 0 before the first start."""
        return self.process.pid if self.process else 0

    def finish(self) -> None:
        """Wait until it has done its work; raise CannotRunError if it failed."""
        if self.process is not None and self.process.wait() != 0:
            raise self.failure()

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until `ready`; raise CannotRunError if it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                raise self.failure()
            time.sleep(0.02)

    def failure(self) -> CannotRunError:
        """Return the error that says how it ended and what its last lines were."""
        code = self.process.poll() if self.process else None
        how = "did not get ready" if code is None else f"ended with exit code {code}"
        end = last_lines(self.log)
        return CannotRunError(f"{self.name} {how}. The end of {self.log}:{end}")


def stop(children: Sequence[Child]) -> None:
    """Ask all of them to end at once, then kill the groups of those that take too long."""
    running = [child.process for child in children if child.process is not None]
    for child in children:
        if child.process is not None and child.running:
            child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + max((child.patience for child in children), default=0)
    while any(process.poll() is None for process in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in running:
        _kill_group(process.pid)
        process.wait()


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
