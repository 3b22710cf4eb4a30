"""The README stays true: its commands, paths and pictures exist, and it stays short."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()
TESTS = sorted((PROJECT / "tests").rglob("test_*.py"))
DOCS = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def test_it_has_at_most_200_lines() -> None:
    assert len(README.splitlines()) <= 200


def test_every_make_target_that_it_names_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "lint"} <= named <= targets


def test_every_management_command_that_it_names_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))
    assert {"seed", "verify"} <= named <= set(get_commands())


def test_every_folder_of_the_map_exists_and_no_app_is_missing() -> None:
    named = set(re.findall(r"^    ([a-z_]+)/ ", README, re.MULTILINE))
    apps = {path.parent.name for path in PROJECT.glob("*/apps.py")} | {"reseller_portal"}
    assert apps <= named
    assert all((PROJECT / name).is_dir() for name in named)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_what_the_docs_link_to_exists(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_the_modules_that_the_docs_name_exist(path: Path) -> None:
    text = path.read_text()
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", text)
    assert [name for name in named if not (PROJECT / name).exists()] == []


def guarantees() -> list[list[str]]:
    """Return the cells of each row: promise, guard, test, twin; first a number in one table."""
    lines = (PROJECT / "docs" / "guarantees.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [row for row in rows if not {"promise", "---"} & set(row)]


def named(row: list[str]) -> tuple[list[str], list[str]]:
    """Return the modules and the tests that a row names."""
    text = " ".join(row)
    return re.findall(r"(\w+/test_\w+):", text), re.findall(r"\btest_\w+\b(?!:)", text)


def test_every_test_that_the_guarantees_name_exists_where_they_say() -> None:
    modules = {f"{path.parent.name}/{path.stem}": path.read_text() for path in TESTS}
    for row in guarantees():
        places, tests = named(row)
        assert tests, row
        assert [place for place in places if place not in modules] == []
        there = "".join(modules[place] for place in places)
        assert [test for test in tests if f"def {test}(" not in there] == []


def test_each_of_the_seventeen_has_its_guard_its_test_and_its_twin() -> None:
    numbered = [row for row in guarantees() if row[0].isdigit()]
    assert [int(row[0]) for row in numbered] == list(range(1, 18))
    for _number, _promise, guard, test, twin in numbered:
        assert guard
        assert named([test])[1]
        assert named([twin])[1]
