"""What a browser has to fetch stays small and clean."""

import gzip
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STYLES = PROJECT / "static" / "css" / "portal.css"
SCRIPT = PROJECT / "static" / "js" / "portal.js"
SENT_BY_MAIL = re.compile(r"/mail/")
TEMPLATES = [
    path
    for path in sorted((PROJECT / "templates").rglob("*.html"))
    if not SENT_BY_MAIL.search(path.as_posix())
]


def test_the_style_sheet_stays_within_its_limit() -> None:
    assert 15 * 1024 < STYLES.stat().st_size < 25 * 1024
    assert len(gzip.compress(STYLES.read_bytes())) < 8_000


def test_the_script_stays_within_its_limit() -> None:
    assert SCRIPT.stat().st_size < 3 * 1024


def test_the_script_never_makes_code_out_of_text() -> None:
    assert not re.search(r"\beval\b|new Function|innerHTML|insertAdjacentHTML", SCRIPT.read_text())


def test_styles_and_script_fetch_nothing_from_elsewhere() -> None:
    for path in (STYLES, SCRIPT):
        assert not re.search(r"https?://(?!www\.w3\.org)|@import|url\(", path.read_text()), path


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_pages_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:|\bjs:", text)
