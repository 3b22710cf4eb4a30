"""Take the pictures of the README from a running portal with sample data.

Usage: python docs/screenshots.py [address], by default http://127.0.0.1:8000
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def sign_in(page: Page, address: str) -> None:
    """Sign in as Acme's admin."""
    page.goto(f"{address}/accounts/login/")
    page.locator("[name=login]").fill("alice@acme.example")
    page.locator("[name=password]").fill("reseller-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


def tiles(page: Page, address: str) -> None:
    """Picture Licenses Purchased as it opens."""
    page.goto(f"{address}/orders/")
    page.screenshot(path=IMAGES / "tiles.png")


def license_keys(page: Page, address: str) -> None:
    """Picture the license keys of an opened tile that has active ones."""
    page.goto(f"{address}/orders/?date_from=&date_to=&state=processed&sort=-quantity&page_size=25")
    tile = page.locator("details.tile").first
    tile.locator("summary").click()
    tile.get_by_text("Show License Keys").click()
    tile.get_by_role("table").wait_for()
    tile.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "license-keys.png")


def main(address: str) -> None:
    """Take all pictures at 1,440 pixels, in light colours."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as play:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        sign_in(page, address)
        tiles(page, address)
        license_keys(page, address)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
