"""The bench, at its smallest: that it runs, and what it writes. How fast it is, is no test."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from desk.bench import databases
from desk.bench.ground import NoSuchSize, orders_of
from desk.bench.report import as_json, summary, table, write
from desk.bench.rows import Figure, row
from desk.bench.run import ROWS
from tests.processes import database_url
from tests.programs import PROJECT

ENTRY = {"name", "value", "unit", "limit", "goal", "holds", "aim", "compares", "beside"}


@row("a thing against another", "x", at_most=2.0)
def kept(_ground: object) -> Figure:
    return Figure(1.23456, {"thing_ms": 12.3456})


@row("a thing against another", "x", at_least=5, aim=True)
def aimed_at(_ground: object) -> Figure:
    return Figure(1)


@row("a thing against another", "ms", at_least=5)
def broken(_ground: object) -> Figure:
    return Figure(4.9)


@row("a thing to compare with", "ms")
def unlimited(_ground: object) -> Figure:
    return Figure(4)


MEASURED = [(each, each.measure(None)) for each in (kept, aimed_at, broken, unlimited)]  # type: ignore[arg-type]


def run_bench(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command beside the tests' own database, on databases of its own."""
    command = [sys.executable, "-W", "ignore", "manage.py", "bench", "--size", "tiny"]
    command += ["--rounds", "3", "--output", str(folder / "bench.json"), *more]
    environment = {**os.environ, "DATABASE_URL": database_url(), "PORTAL_STATE": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "reseller_portal.settings"
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def databases_of_the_bench() -> list[str]:
    """Return their names; the test of the plans may have one of its own meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%' "
            "AND datname NOT LIKE 'bench\\_plans%' ORDER BY datname"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No other test makes or drops databases of the bench meanwhile."""
    with (tmp_path_factory.getbasetemp().parent / "bench.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def entries(tmp_path: Path, alone: None, db: None) -> Iterator[list[dict[str, Any]]]:
    """What a run wrote."""
    done = run_bench(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "limits are kept" in done.stdout
    yield json.loads((tmp_path / "bench.json").read_text())
    assert databases_of_the_bench() == []


def test_it_measures_every_row(entries: list[dict[str, Any]]) -> None:
    assert [entry["name"] for entry in entries] == [each.name for each in ROWS]
    for entry in entries:
        assert set(entry) == ENTRY
        assert entry["value"] >= 0
        assert entry["goal"] in {"at most", "at least"}
        assert (entry["holds"] is None) == (entry["limit"] is None)


@pytest.mark.django_db(transaction=True)
def test_kept_databases_are_seeded_once(tmp_path: Path, alone: None) -> None:
    few = ("--keep", "--only", "orders_page_queries")
    first, second = run_bench(tmp_path, *few), run_bench(tmp_path, *few)
    kept = ["bench_kept_150_10", "bench_kept_300_10"]
    assert databases_of_the_bench() == kept
    for name in kept:
        databases.drop(name.removeprefix("bench_"))
    assert "orders planned" in first.stdout
    assert second.returncode == 0, second.stderr
    assert "orders planned" not in second.stdout


def test_what_is_asked_and_what_holds() -> None:
    found = {entry["name"]: entry for entry in as_json(MEASURED)}
    assert found["kept"]["value"] == 1.235
    assert found["kept"]["beside"] == {"thing_ms": 12.35}
    assert [entry["holds"] for entry in found.values()] == [True, False, False, None]
    assert [entry["aim"] for entry in found.values()] == [False, True, False, False]


def test_the_table_tells_a_promise_that_is_broken_from_an_aim_not_reached() -> None:
    lines = "\n".join(table(MEASURED))
    assert "NO" in lines
    assert "not yet (aim)" in lines
    assert summary(MEASURED) == "1 of 3 limits are kept; short of it: aimed_at, broken."


def test_the_file_is_a_list_of_entries(tmp_path: Path) -> None:
    write(MEASURED, tmp_path / "bench.json")
    assert len(json.loads((tmp_path / "bench.json").read_text())) == 4


def test_a_size_is_a_name_or_a_number() -> None:
    assert (orders_of("small"), orders_of("5000")) == (30_000, 5000)
    with pytest.raises(NoSuchSize, match="tiny, small, large"):
        orders_of("huge")
