"""Sam's day in the admin site, and the first minute of an admin whom he invited."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mailing.delivery import write
from mailing.models import Mail
from orders.models import Order
from resellers.models import User
from tests.browser.conftest import SCHEMES
from tests.factories import PriceFactory, make_active, make_entry, make_order
from tests.mailing.test_log import make_mail

SignIn = Callable[[User], Page]


@pytest.fixture
def order(alice: User) -> Order:
    """An order of Alice's: one license in use, two for resale."""
    assert alice.reseller
    order = make_order(alice.reseller, user=alice, number="4711000001", quantity=3)
    make_active(order.licenses.all()[0])
    return order


def test_sam_opens_a_reseller_and_ida_begins(
    sign_in: SignIn, live_server: LiveServer, sam: User
) -> None:
    page = sign_in(sam)
    page.get_by_role("link", name="Open a new reseller").click()
    page.get_by_label("Name of the company").fill("Initech")
    page.get_by_label("Time zone").select_option("America/Chicago")
    page.get_by_label("Name of the first admin").fill("Ida Initech")
    page.get_by_label("E-mail address of the first admin").fill("ida@initech.example")
    page.get_by_role("button", name="Open the reseller").click()
    expect(page.get_by_text("Ida Initech is invited by mail")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    accept(page, live_server)
    expect(page.get_by_role("heading", name="Reseller Portal")).to_be_visible()
    expect(page.get_by_text("Initech").first).to_be_visible()


def accept(page: Page, live_server: LiveServer) -> None:
    """Follow the link of the invitation's mail and choose a password."""
    found = re.search(r"/accounts/invitation/\S+", write(Mail.objects.get()).text)
    assert found
    page.goto(live_server.url + found[0])
    assert_accessible(page)
    page.get_by_label("Password", exact=True).fill("a-quite-new-password")
    page.get_by_label("Password, once more").fill("a-quite-new-password")
    page.get_by_role("button", name="Open my account").click()


def test_sam_finds_a_license_by_its_code_and_activates_it(
    sign_in: SignIn, order: Order, sam: User
) -> None:
    license = order.licenses.all()[1]
    page = sign_in(sam)
    page.get_by_role("link", name="Find a license").click()
    page.get_by_label("Find", exact=True).fill(license.activation_code.lower())
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=str(license)).click()
    page.get_by_role("link", name="Activate for a new customer").click()
    page.get_by_label("Company").fill("Muster")
    page.get_by_label("Contact name").fill("Maria")
    page.get_by_label("E-mail").fill("maria@muster.example")
    page.get_by_label("Country").select_option("AT")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Activated for Muster.")).to_be_visible()
    page.get_by_role("link", name="Who did what").click()
    expect(page.get_by_role("link", name="license.activated")).to_be_visible()


def test_sam_sees_what_waits_and_tries_it_again(sign_in: SignIn, order: Order, sam: User) -> None:
    make_mail(order.reseller, state="stuck", reason="550 no such user")
    page = sign_in(sam)
    page.get_by_role("link", name="Mails were given up").click()
    page.get_by_role("link", name="Try all again that were given up").click()
    page.get_by_role("button", name="Try them again").dblclick()
    expect(page.get_by_text("1 is queued again.")).to_be_visible()
    page.get_by_role("link", name="Work waiting").click()
    expect(page.get_by_role("row", name="Mails Queued")).to_contain_text("1")


def test_sam_replaces_a_price(sign_in: SignIn, order: Order, sam: User) -> None:
    PriceFactory.create(product=order.product)
    page = sign_in(sam)
    page.get_by_role("link", name="Products and prices").click()
    page.get_by_role("link", name=order.product.name).click()
    page.get_by_role("link", name="Replace", exact=True).click()
    page.get_by_label("New amount per license").fill("99.00")
    page.get_by_label("Valid from").fill(f"{timezone.now().date() + timedelta(days=9)}")
    page.get_by_role("button", name="Replace it").click()
    row = page.get_by_role("row", name="12 months")
    expect(row).to_contain_text("EUR\xa0120.00")
    expect(row).to_contain_text("EUR\xa099.00")


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_pages_of_staff(
    sign_in: SignIn, order: Order, sam: User, width: int
) -> None:
    page = sign_in(sam)
    page.set_viewport_size({"width": width, "height": 900})
    license = order.licenses.all()[0]
    make_entry(order.reseller)
    make_mail(order.reseller, state="stuck", reason="550 no such user")
    PriceFactory.create(product=order.product)
    for path in (
        "/admin/",
        reverse("admin:orders_order_changelist"),
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_order_resend-email", args=[order.pk]),
        reverse("admin:licenses_license_change", args=[license.pk]),
        reverse("admin:resellers_reseller_open"),
        reverse("admin:resellers_reseller_change", args=[order.reseller_id]),
        reverse("admin:catalog_product_change", args=[order.product_id]),
        reverse("admin:catalog_price_add"),
        "/admin/work/",
        "/accounts/2fa/",
    ):
        page.goto(path)
        assert_accessible(page)


def assert_accessible(page: Page) -> None:
    """Fail on anything that axe finds, in both colour schemes."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.reload()  # the admin site fades from one scheme to the other
        # Without its own look into the style sheets, which the pages' policy would refuse.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [(problem["id"], problem["nodes"][0]["html"]) for problem in found] == []
