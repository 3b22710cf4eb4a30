"""The whole portal, as `make run` starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import stripe

from tests.supervisor.conftest import PROJECT, Starter, alive, await_end, await_file, family

SMALL = "--resellers 2 --orders 60 --licenses-per-order 2 --seed 1"
GATEWAY = "reseller_portal.fake_gateway"
Running = tuple[subprocess.Popen[str], int]


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def portal(start: Starter, state: Path, port: int) -> subprocess.Popen[str]:
    """A running portal with few orders."""
    process = start("run", "--port", str(port), "--seed", SMALL)
    await_file(state / "env", process)
    return process


def test_portal_serves_and_stops_without_a_trace(
    portal: subprocess.Popen[str], state: Path, port: int
) -> None:
    everyone = family(portal.pid)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5) as answer:
        assert answer.status == 200
    assert manage_beside(state, "verify").returncode == 0

    portal.send_signal(signal.SIGINT)

    assert await_end(everyone, 6) == []
    assert portal.wait() == 0
    assert "alice@acme.example" in portal.communicate()[0]
    assert not (state / "env").exists()


def test_killed_keeper_leaves_nobody(portal: subprocess.Popen[str], state: Path) -> None:
    guard, keeper, *others = family(portal.pid)

    os.kill(keeper, signal.SIGKILL)

    assert len(others) > 12
    assert await_end([guard, *others], 8) == []
    assert not (state / "env").exists()


def test_killed_worker_comes_back_without_its_old_pool(portal: subprocess.Popen[str]) -> None:
    keeper = family(portal.pid)[1]
    (worker, *_) = [pid for pid in family(keeper) if is_child_running(keeper, pid, "worker")]
    pool = await_family(worker, 3)

    os.kill(worker, signal.SIGKILL)

    assert await_end(pool, 5) == []
    assert await_another(keeper, "worker")


def test_test_gateway_is_beside_the_portal_and_comes_back(
    portal: subprocess.Popen[str], state: Path
) -> None:
    keeper = family(portal.pid)[1]
    base = variable(state, "STRIPE_API_BASE")
    customer = ask_gateway(state, base)

    (gateway,) = [pid for pid in family(keeper) if is_child_running(keeper, pid, GATEWAY)]
    os.kill(gateway, signal.SIGKILL)

    assert await_end([gateway], 5) == []
    assert await_another(keeper, GATEWAY)
    assert ask_gateway(state, base, customer) == customer
    assert (state / "gateway" / "gateway.sqlite3").stat().st_mode & 0o777 == 0o600


def test_no_test_gateway_where_another_is_named(start: Starter, state: Path, port: int) -> None:
    process = start("run", "--port", str(port), "--seed", SMALL, STRIPE_SECRET_KEY="sk_test_mine")
    await_file(state / "env", process)

    keeper = family(process.pid)[1]
    assert [pid for pid in family(keeper) if is_child_running(keeper, pid, GATEWAY)] == []
    assert variable(state, "STRIPE_SECRET_KEY") == "sk_test_mine"
    assert "STRIPE_API_BASE" not in (state / "env").read_text()


def test_port_in_use_is_a_sentence_before_anything_starts(
    start: Starter, state: Path, port: int
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = start("run", "--port", str(port))
        output, _ = process.communicate(timeout=10)

    assert output.startswith(f"Port {port} cannot be used")
    assert process.returncode == 1
    assert not (state / "postgres").exists()


def variable(state: Path, name: str) -> str:
    """Return a variable of a running portal."""
    (value,) = re.findall(rf"^{name}='(.*)'$", (state / "env").read_text(), re.MULTILINE)
    return str(value)


def ask_gateway(state: Path, base: str, customer: str = "") -> str:
    """Make a customer at the gateway, or look for one; return the id."""
    client = stripe.StripeClient(
        variable(state, "STRIPE_SECRET_KEY"), base_addresses={"api": base}, max_network_retries=3
    )
    customers = client.v1.customers
    return (customers.retrieve(customer) if customer else customers.create({})).id


def manage_beside(state: Path, command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command of manage.py that is told nothing but where the state lies."""
    bare = {"PATH": os.environ["PATH"], "PORTAL_STATE": str(state)}
    return subprocess.run(
        [sys.executable, "manage.py", command], cwd=PROJECT, env=bare, check=False
    )


def await_family(pid: int, size: int) -> list[int]:
    """Wait up to 10 seconds until the process has so many below it, itself counted."""
    for _ in range(100):
        if len(members := family(pid)) >= size:
            return members
        await_end([pid], 0.1)
    return pytest.fail(f"process {pid} never had a family of {size}")


def is_child_running(parent: int, pid: int, word: str) -> bool:
    """Say whether the process is the parent's own child with this word in its command."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return word.encode() in command and f"\t{parent}\n" in Path(f"/proc/{pid}/status").read_text()


def await_another(keeper: int, word: str) -> bool:
    """Wait up to 10 seconds for a child of the keeper with this word in its command."""
    for _ in range(100):
        if any(is_child_running(keeper, pid, word) for pid in family(keeper) if alive(pid)):
            return True
        await_end([keeper], 0.1)
    return False
