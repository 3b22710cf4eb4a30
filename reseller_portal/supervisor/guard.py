"""The outer process: waits, passes signals on, and ends whatever a dead keeper left."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import NoReturn

from reseller_portal.supervisor.console import say
from reseller_portal.supervisor.kernel import (
    adopt_orphans,
    dying_with,
    end_children,
    end_with_parent,
)
from reseller_portal.supervisor.problems import CannotRunError, StopRequested

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Variables = Mapping[str, str]
Keep = Callable[[Callable[[Variables], None]], None]


class Keeper:
    """The inner process. Its work is a callable that is given one to report its variables with."""

    def __init__(self, keep: Keep) -> None:
        """Fork it. It ends with this process, and in order."""
        guard = os.getpid()
        adopt_orphans()
        self.report, report = os.pipe()
        self.code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.report)
            os.setsid()  # Ctrl-C reaches the guard alone, which passes it on once
            _be_keeper(guard, keep, report)
        os.close(report)

    def variables(self) -> Variables:
        """Wait for its report; empty when it ended without one, and then it has said why."""
        with os.fdopen(self.report) as report:
            text = report.read()
        return dict(json.loads(text)) if text else {}

    def stop(self, *_: object) -> None:
        """Ask it to stop everything and end."""
        if self.code is None:
            os.kill(self.pid, signal.SIGTERM)

    def wait(self) -> int:
        """Return its exit code, 1 when it was killed."""
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = 0 if status == 0 else 1
        return self.code


def guard(keep: Keep, command: Sequence[str] = ()) -> int:
    """Let a keeper work until it ends or is to stop; return its exit code.

    With a `command`, run that in the foreground meanwhile, stop when it ends, return its code.
    """
    keeper = Keeper(keep)
    for each in STOPPING:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # as nohup asks
            signal.signal(each, keeper.stop)
    try:
        if not command:
            return keeper.wait()
        variables = keeper.variables()
        return _in_foreground(command, variables) if variables else keeper.wait() or 1
    finally:
        keeper.stop()
        keeper.wait()
        end_children(patience=4)


def _in_foreground(command: Sequence[str], variables: Variables) -> int:
    # In our own process group, so that the terminal is its own and Ctrl-C reaches it directly.
    signal.signal(signal.SIGINT, _ignore)
    try:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            preexec_fn=dying_with(os.getpid(), signal.SIGTERM),
        )
    except OSError as error:
        raise CannotRunError(f"{command[0]} cannot be run: {error.strerror}.") from None
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: process.terminate())
    code = process.wait()
    return 128 - code if code < 0 else code


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    """Do nothing; a handler, because SIG_IGN would be inherited by the command."""


def _be_keeper(guard: int, keep: Keep, report: int) -> NoReturn:
    """Do the keeper's work in the forked child, and leave without the guard's own endings."""
    for each in STOPPING:
        signal.signal(each, _request_stop)
    code = 1
    try:
        end_with_parent(guard, signal.SIGTERM)
        keep(lambda variables: _write(report, variables))
        code = 0
    except StopRequested:
        code = 0
    except CannotRunError as problem:
        say(str(problem), error=True)
    except BaseException:  # noqa: BLE001  a defect of ours: its traceback, then the same clean end
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _request_stop(_signal: int, _frame: FrameType | None) -> None:
    for each in STOPPING:  # once; the stop itself is not to be interrupted
        signal.signal(each, signal.SIG_IGN)
    raise StopRequested


def _write(report: int, variables: Variables) -> None:
    with os.fdopen(report, "w") as file:
        json.dump(dict(variables), file)
