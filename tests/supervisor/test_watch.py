"""What crashes is started again, later each time."""

import os
import signal
import time
from pathlib import Path

import pytest

from reseller_portal.supervisor.children import Child, stop
from reseller_portal.supervisor.watch import CALM_SECONDS, FIRST_DELAY, Watch
from tests.supervisor.conftest import alive, await_end


@pytest.fixture
def crasher(tmp_path: Path) -> Child:
    """A program that ends at once, after a word."""
    child = Child("Crasher", ["sh", "-c", "echo out of luck; exit 3"], log=tmp_path / "log")
    child.start()
    child.process.wait()  # type: ignore[union-attr]
    return child


def runs_after(watch: Watch, child: Child, now: float) -> bool:
    """Look once at that moment; say whether the child was started again."""
    before = child.pid
    watch.look(child, now)
    if child.pid != before and child.process:
        child.process.wait()
    return child.pid != before


def test_crash_is_told_with_its_last_words(
    crasher: Child, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch([crasher])

    watch.look(crasher, watch.since["Crasher"] + 1)

    told = capsys.readouterr().err
    assert "Crasher ended with exit code 3" in told
    assert "out of luck" in told


def test_second_restart_waits_twice_as_long(crasher: Child) -> None:
    watch = Watch([crasher])
    now = watch.since["Crasher"] + 1

    assert not runs_after(watch, crasher, now)
    assert not runs_after(watch, crasher, now + 0.9 * FIRST_DELAY)
    assert runs_after(watch, crasher, now := now + FIRST_DELAY)
    assert not runs_after(watch, crasher, now)
    assert not runs_after(watch, crasher, now + 1.9 * FIRST_DELAY)
    assert runs_after(watch, crasher, now + 2 * FIRST_DELAY)


def test_calm_minute_is_rewarded_with_the_first_delay(crasher: Child) -> None:
    watch = Watch([crasher])
    watch.delay["Crasher"] = 16.0
    now = watch.since["Crasher"] + CALM_SECONDS + 1

    watch.look(crasher, now)

    assert runs_after(watch, crasher, now + FIRST_DELAY)


def test_next_start_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    parent = Child("Parent", ["sh", "-c", "sleep 60 & echo $!; wait"], log=tmp_path / "log")
    parent.start()
    parent.wait_until(lambda: (tmp_path / "log").read_text().endswith("\n"))
    orphan = int((tmp_path / "log").read_text())
    os.kill(parent.pid, signal.SIGKILL)
    await_end([parent.pid], 5)
    assert alive(orphan)

    parent.start()

    assert await_end([orphan], 5) == []
    stop([parent])


def test_child_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    stubborn = Child(
        "Stubborn",
        ["sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait; wait"],
        log=tmp_path / "log",
        patience=0.3,
    )
    stubborn.start()
    stubborn.wait_until(lambda: "ready" in (tmp_path / "log").read_text())

    began = time.monotonic()
    stop([stubborn])

    assert time.monotonic() - began < 10
    assert not stubborn.running
