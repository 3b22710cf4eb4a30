"""Faults on request: what the next requests to an address suffer."""

import threading
import time
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.things import Thing

BEFORE = ("timeout_before", "error_before", "reset_before", "rate_limit")
AFTER = ("timeout_after", "error_after", "reset_after")
KINDS = (*BEFORE, *AFTER, "slow")


@dataclass
class Fault:
    """One fault, for `times` requests of a method to addresses like `path`, after `skip` others.

    `timeout_…` says nothing for `seconds` and hangs up; `error_…` answers 500, which with `saved`
    is what the idempotency key answers from then on; `reset_…` breaks the connection; `slow` works
    only after `seconds`; `rate_limit` answers 429. Before: nothing was done; after: it was.
    """

    kind: str
    path: str = "/v1/*"
    method: str = "POST"
    times: int = 1
    skip: int = 0
    seconds: float = 60
    saved: bool = False


class Faults:
    """The faults that wait. They are forgotten by a restart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._cleared = threading.Event()

    def add(self, wish: Thing) -> Fault:
        """Take a fault on; raises a 400 when there is no such kind."""
        try:
            fault = Fault(**wish)
        except TypeError as error:
            raise GatewayError(400, str(error)) from None
        if fault.kind not in KINDS:
            raise GatewayError(400, f"kind is one of {', '.join(KINDS)}")
        with self._lock:
            self._waiting.append(fault)
            self._cleared = threading.Event()
        return fault

    def clear(self) -> None:
        """Forget them, and let go of requests that hang."""
        with self._lock:
            self._waiting = []
            self._cleared.set()

    def waiting(self) -> list[Thing]:
        """Return those that are still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault of this request, and count it."""
        with self._lock:
            for fault in self._waiting:
                if fault.method in {method, "*"} and fnmatchcase(path, fault.path):
                    return self._count(fault)
        return None

    def _count(self, fault: Fault) -> Fault | None:
        if fault.skip:
            fault.skip -= 1
            return None
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault

    def hang(self, seconds: float) -> None:
        """Wait so long, or until the faults are cleared."""
        began = time.monotonic()
        while time.monotonic() - began < seconds and not self._cleared.wait(0.05):
            pass
