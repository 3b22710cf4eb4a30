"""A command beside its own PostgreSQL and Valkey."""

import os
import signal
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from reseller_portal.supervisor.state import State
from tests.supervisor.conftest import Starter, alive, await_end, await_file, family, kill_family

ASK_BOTH = """
import os, environ, psycopg2, redis
from urllib.parse import unquote, urlsplit
url = urlsplit(os.environ["DATABASE_URL"])
database = psycopg2.connect(
    host=unquote(url.hostname), user=url.username, password=url.password, dbname=url.path[1:]
)
with database.cursor() as cursor:
    cursor.execute("SELECT 6 * 7")
    print(cursor.fetchone()[0], end=" ")
broker = redis.Redis(unix_socket_path=urlsplit(os.environ["REDIS_URL"]).path)
print(broker.ping(), os.environ["PORTAL_STATE"])
"""
TOUCH_AND_WAIT = """
import pathlib, sys, time
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""
WAIT = ("--", sys.executable, "-c", TOUCH_AND_WAIT)


def test_command_reaches_both_servers(start: Starter, state: Path) -> None:
    output, _ = start("with", "--", sys.executable, "-c", ASK_BOTH).communicate(timeout=60)

    assert output == f"42 True {state}\n"


def test_command_chooses_its_settings_itself(start: Starter) -> None:
    output, _ = start("with", "--", "env").communicate(timeout=60)

    assert "DATABASE_URL=" in output
    assert "DJANGO_SETTINGS_MODULE" not in output


@pytest.mark.parametrize(("options", "fsync"), [((), "off"), (("--lasting",), "on")])
def test_only_what_has_to_last_is_kept_safe_from_a_crash(
    start: Starter, options: tuple[str, ...], fsync: str
) -> None:
    asked = ASK_BOTH.replace("SELECT 6 * 7", "SHOW fsync")
    process = start("with", *options, "--", sys.executable, "-c", asked)

    assert process.communicate(timeout=60)[0].startswith(f"{fsync} ")


def test_second_start_finds_the_data_again(start: Starter, state: Path) -> None:
    start("with", "--", "true").communicate(timeout=60)
    born = (state / "postgres" / "PG_VERSION").stat().st_mtime_ns

    process = start("with", "--", sys.executable, "-c", ASK_BOTH)

    assert process.communicate(timeout=60)[0].startswith("42")
    assert (state / "postgres" / "PG_VERSION").stat().st_mtime_ns == born


def test_exit_code_of_the_command_is_passed_on(start: Starter) -> None:
    process = start("with", "--", "sh", "-c", "exit 7")

    process.communicate(timeout=60)

    assert process.returncode == 7


def test_missing_command_is_one_sentence(start: Starter) -> None:
    process = start("with", "--", "no-such-command")

    output, _ = process.communicate(timeout=60)

    assert output == "no-such-command cannot be run: No such file or directory.\n"
    assert process.returncode == 1


def test_only_secrets_and_data_stay_after_the_end(start: Starter, state: Path) -> None:
    start("with", "--", "true").communicate(timeout=60)

    assert {path.name for path in state.iterdir()} == {
        "lock", "log", "mail", "postgres", "secrets", "valkey",
    }  # fmt: skip
    for private in ("log", "mail", "secrets"):
        assert stat.S_IMODE((state / private).stat().st_mode) == 0o700
    for secret in (state / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_second_start_on_the_same_folder_is_refused(start: Starter, tmp_path: Path) -> None:
    first = start("with", *WAIT, str(tmp_path / "up"))
    await_file(tmp_path / "up", first)

    second = start("with", "--", "true")

    assert "already uses" in second.communicate(timeout=10)[0]
    assert second.returncode == 1
    assert first.poll() is None


def test_sigterm_ends_the_command_and_the_servers(start: Starter, tmp_path: Path) -> None:
    process = start("with", *WAIT, str(tmp_path / "up"))
    await_file(tmp_path / "up", process)
    everyone = family(process.pid)

    process.send_signal(signal.SIGTERM)

    assert len(everyone) > 5
    assert await_end(everyone, 5) == []


def test_killed_guard_leaves_nobody(start: Starter, state: Path, tmp_path: Path) -> None:
    process = start("with", *WAIT, str(tmp_path / "up"))
    await_file(tmp_path / "up", process)
    everyone = family(process.pid)

    process.kill()

    assert await_end(everyone, 5) == []
    assert not (state / "run").exists()


def test_killed_servers_with_a_stale_pid_file_start_again(
    start: Starter, state: Path, tmp_path: Path
) -> None:
    process = start("with", *WAIT, str(tmp_path / "up"))
    await_file(tmp_path / "up", process)
    kill_family(process.pid)
    pid_file = state / "postgres" / "postmaster.pid"
    _, *rest = pid_file.read_text().splitlines(keepends=True)
    pid_file.write_text(f"{os.getpid()}\n{''.join(rest)}")  # now somebody else's number

    output, _ = start("with", "--", sys.executable, "-c", ASK_BOTH).communicate(timeout=60)

    assert output.startswith("42 True")
    assert alive(os.getpid())


def test_given_servers_are_used_and_none_is_started(start: Starter, state: Path) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/db", "REDIS_URL": "redis://elsewhere/0"}
    process = start("with", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", **given)

    output, _ = process.communicate(timeout=60)

    assert output == "postgres://elsewhere/db redis://elsewhere/0\n"
    assert not (state / "postgres").exists()
    assert not (state / "valkey").exists()


def test_deep_folder_takes_its_sockets_elsewhere(start: Starter, state: Path) -> None:
    deep = state / ("deep-" * 20) / "folder"
    command = ("with", "--state", str(deep), "--", sys.executable, "-c", ASK_BOTH)

    output, _ = start(*command).communicate(timeout=60)

    assert output == f"42 True {deep}\n"
    short = State(deep).sockets
    assert short.parent == Path(tempfile.gettempdir())
    assert not short.exists()
