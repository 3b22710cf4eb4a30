"""The statements that the portal is compared with, kept as SQL beside this module."""

from pathlib import Path

FOLDER = Path(__file__).parent / "sql"


def statement(name: str) -> str:
    """Return the text of a statement; its parameters are named."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
