"""The state folder's files, and as whom the database runs."""

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import environ
import pytest

from reseller_portal.supervisor.account import account_for
from reseller_portal.supervisor.binaries import postgres_program
from reseller_portal.supervisor.problems import CannotRunError
from reseller_portal.supervisor.state import State
from reseller_portal.supervisor.variables import variables_for

AWKWARD = 'smtp+tls://o%27hara:a b$c"d#e@mail.example:587/?x=1&y=\\n'


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A folder that is ours."""
    state = State(tmp_path / "state")
    with state.claimed("This test"):
        yield state


def test_env_file_gives_django_and_shell_the_same_value(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWKWARD", raising=False)
    state.write_env({"AWKWARD": AWKWARD})

    environ.Env.read_env(state.env_file)
    shell = subprocess.check_output(["sh", "-c", f'. {state.env_file}; printf %s "$AWKWARD"'])

    assert os.environ["AWKWARD"] == shell.decode() == AWKWARD
    assert stat.S_IMODE(state.env_file.stat().st_mode) == 0o600


def test_value_that_no_line_can_hold_is_refused(state: State) -> None:
    with pytest.raises(CannotRunError, match="line break"):
        state.write_env({"SECRET_KEY": "two\nlines"})


def test_secret_is_made_once(state: State) -> None:
    first = state.secret("key")

    assert state.secret("key") == first
    assert len(first) == 43
    assert state.secret("other") != first


def test_log_that_has_grown_is_put_aside(state: State) -> None:
    state.log("web").write_bytes(b"x" * 5_000_001)

    assert not state.log("web").exists()
    assert state.log("web").with_suffix(".log.1").stat().st_size == 5_000_001


def test_what_the_caller_has_set_comes_first(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.com")
    monkeypatch.setenv("SITE_URL", "http://localhost:9000")

    variables = variables_for(state, {"REDIS_URL": "redis://ours"}, port=8000)

    assert variables["EMAIL_URL"] == "smtp://mail.example.com"
    assert variables["SITE_URL"] == "http://localhost:9000"
    assert variables["DEMO"] == os.environ.get("DEMO", "1")


def test_folder_of_somebody_else_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(CannotRunError, match="cannot be used"),
        State(tmp_path / "file" / "state").claimed("This test"),
    ):
        pytest.fail("claimed a folder below a file")


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_postgres_never_runs_as_root(mode: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(mode)
        account = account_for(postgres_program("postgres"), Path(folder))
        who = subprocess.check_output([*account.prefix, "id", "-u"], **account.as_options())

    assert int(who) != 0
