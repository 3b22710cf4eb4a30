"""What only Linux offers: a signal when the parent dies, and being handed orphaned descendants."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(parent: int, with_signal: signal.Signals) -> None:
    """Have the kernel send this process `with_signal` when the process `parent` has died."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, with_signal)
    if os.getppid() != parent:  # it died before the request was in
        os.kill(os.getpid(), with_signal)


def dying_with(parent: int, with_signal: signal.Signals) -> Callable[[], None]:
    """Return `end_with_parent` as a callback for a new child to call before its exec."""
    return lambda: end_with_parent(parent, with_signal)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_children(patience: float) -> None:
    """Wait for all children, adopted ones too; after `patience` seconds kill what is left."""
    deadline = time.monotonic() + patience
    while _reap():
        if time.monotonic() > deadline:
            for pid in _children():
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _reap() -> bool:
    """Collect every child that has ended; say whether others are still there."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def _children() -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == os.getpid():
            yield int(folder.name)
