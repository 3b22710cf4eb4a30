"""Rules of the code base that a machine can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
APPS = (
    "reseller_portal",
    "resellers",
    "mailing",
    "exports",
    "catalog",
    "billing",
    "people",
    "licenses",
    "activation",
    "orders",
    "desk",
)
SOURCES = sorted(
    path for app in APPS for path in (PROJECT / app).rglob("*.py") if "migrations" not in path.parts
)
SCREENS = [
    path
    for path in SOURCES
    if {"views", "filters", "forms", "tables"} & {path.stem, *path.parent.parts}
    and "staff" not in path.parts  # the vendor's staff look at every reseller
]
SHOWN_TO_EVERYBODY = {"Product", "Price", "VendorDetails"}


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def unscoped(tree: ast.AST) -> Iterator[str]:
    """Yield each `Model.objects` that does not go straight on with `.for_reseller(...)`."""
    scoped = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "for_reseller"
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in {"objects", "_default_manager"}:
            continue
        model = node.value.id if isinstance(node.value, ast.Name) else ast.unparse(node.value)
        if model not in SHOWN_TO_EVERYBODY and id(node) not in scoped:
            yield f"line {node.lineno}: {model}.{node.attr}"


def test_the_rule_itself_sees_an_unscoped_query() -> None:
    assert list(unscoped(ast.parse("Order.objects.filter(number=1)")))
    assert not list(unscoped(ast.parse("Order.objects.for_reseller(r).filter(number=1)")))


@pytest.mark.parametrize("path", SCREENS, ids=name)
def test_screens_start_from_the_rows_of_one_reseller(path: Path) -> None:
    assert list(unscoped(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert long == []


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "common", "helpers", "misc", "signals", "services", "extras"}
    assert [name(path) for path in SOURCES if drawers & {path.stem, *path.parent.parts}] == []


@pytest.mark.parametrize("path", sorted((PROJECT / "templates").rglob("*.html")), ids=name)
def test_templates_stay_small_and_carry_no_inline_code(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 120
    assert "<script>" not in text
    mail = "mail" in path.parts
    assert mail or (" style=" not in text and "<style" not in text)
    assert " onclick=" not in text
    assert "hx-on" not in text
