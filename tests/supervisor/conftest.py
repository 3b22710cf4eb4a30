"""Real supervisors on throw-away folders, and a look at which processes they leave."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from reseller_portal.supervisor.variables import CONTRACT

PROJECT = Path(__file__).resolve().parents[2]
Starter = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder that does not exist yet."""
    return tmp_path / "state"


@pytest.fixture
def start(state: Path) -> Iterator[Starter]:
    """Start a supervisor, as in `start("with", "--", "true")`; in the end kill what is left."""
    started: list[subprocess.Popen[str]] = []

    def starter(what: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "reseller_portal.supervisor", what, "--state", str(state)]
            + list(arguments),
            cwd=PROJECT,
            env={**_bare_environment(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield starter
    for process in started:
        kill_family(process.pid)
        with process:  # closes its output and collects it
            pass


def _bare_environment() -> dict[str, str]:
    ours = {*CONTRACT, "PORTAL_STATE", "PORT", "SEED", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def kill_family(pid: int) -> None:
    """End the process and all below it at once: none gets to act on the end of another."""
    members = family(pid)
    for ending in (signal.SIGSTOP, signal.SIGKILL):
        for member in members:
            with suppress(ProcessLookupError):  # it may end by itself just now
                os.kill(member, ending)


def family(pid: int) -> list[int]:
    """Return the process and all below it that are alive."""
    if not alive(pid):
        return []
    below = [child for child in _all_processes() if _field(child, 1) == str(pid)]
    return [pid, *(each for child in below for each in family(child))]


def alive(pid: int) -> bool:
    """Say whether the process exists and has not ended (one that nobody collected has)."""
    return _field(pid, 0) not in {"", "Z", "X"}


def await_end(pids: list[int], seconds: float) -> list[int]:
    """Return those that are still alive after so many seconds at most."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def await_file(path: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Wait until the file is there; fail with the supervisor's words when it ends before."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"{path} never came: {process.communicate()[0]}")
        time.sleep(0.05)


def _all_processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _field(pid: int, index: int) -> str:
    """Return one field of the process's line after its name: 0 its state, 1 its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[index]
    except OSError:
        return ""
