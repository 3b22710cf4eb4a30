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


def test_every_test_that_the_guarantees_name_exists() -> None:
    text = (PROJECT / "docs" / "guarantees.md").read_text()
    modules = {f"{path.parent.name}/{path.stem}": path.read_text() for path in TESTS}
    everything = "".join(modules.values())
    named = re.findall(r"\btest_\w+\b(?!:)", text)
    assert [name for name in named if f"def {name}(" not in everything] == []
    assert [name for name in re.findall(r"(\w+/test_\w+):", text) if name not in modules] == []
