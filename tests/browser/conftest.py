"""A real browser at a real server; an error in its console fails the test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from resellers.models import User
from tests.factories import PASSWORD

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright's event loop runs in this thread; Django's guard against that does not know better.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _real_database(transactional_db: None) -> None:
    """Let the server, in its own thread, see what the test wrote."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], live_server: LiveServer
) -> dict[str, Any]:
    """Begin at the live server, on a desk."""
    viewport = {"width": 1440, "height": 900}
    return {**browser_context_args, "base_url": live_server.url, "viewport": viewport}


@pytest.fixture
def console(context: BrowserContext) -> Iterator[list[str]]:
    """Collect what went wrong in the browser; anything left in the list fails the test."""
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(message.text)

    def watch(page: Page) -> None:
        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(str(error)))

    context.on("page", watch)
    yield wrong
    assert wrong == []


@pytest.fixture
def page(console: list[str], context: BrowserContext) -> Page:
    """Open a page whose console is watched."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def sign_in(page: Page) -> Callable[[User], Page]:
    """Return what a person does at the sign-in page."""

    def signed_in(user: User) -> Page:
        page.goto("/")
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        page.wait_for_load_state()  # until then the scripts may not listen
        return page

    return signed_in


SCHEMES = ("light", "dark")


def check_accessible(page: Page) -> None:
    """Fail on anything that axe finds, in both colour schemes and at 1440 and 320 px."""
    size = page.viewport_size
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for width in (1440, 320):
            page.set_viewport_size({"width": width, "height": 900})
            found += [
                f"{scheme} {width}: {violation['id']} {node['html'][:120]}"
                for violation in Axe().run(page).response["violations"]
                for node in violation["nodes"]
            ]
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if wide:
                found.append(f"{scheme} {width}: scrolls sideways at {page.url}")
    page.emulate_media(color_scheme=None)
    if size:
        page.set_viewport_size(size)
    assert found == []
