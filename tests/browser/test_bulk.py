"""Many licenses are chosen, confirmed and changed, from each list where they stand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from licenses.models import License
from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import CustomerFactory, make_active, make_cancelled, make_entry, make_order
from tests.licenses.bulk import recurrent_of, work_off
from tests.licenses.renewing import make_guard, make_renewing

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def order(transactional_db: None, acme: Reseller, ann: User) -> Order:
    """Two of today's activations, and a license that is available."""
    order = make_order(acme, user=ann, product=make_guard(), quantity=3)
    for license, name in zip(order.licenses.order_by("pk"), ("Zeta", "Yota"), strict=False):
        make_active(license, customer=CustomerFactory.create(reseller=acme, company=name))
    return order


def test_ann_turns_on_keys_in_the_opened_tile_of_their_order(
    sign_in: Callable[[User], Page], ann: User, order: Order
) -> None:
    page = sign_in(ann)
    page.goto(f"/orders/?open={order.number}")
    page.get_by_role("link", name="Show License Keys").click()
    first = order.licenses.order_by("pk")[0]
    page.get_by_label(f"Choose license {first}").check()
    check_accessible(page)
    page.get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_role("heading", name="Turn auto-renew on for 1 license")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.get_by_label("all 3 that match").check()
    page.get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_text("Not possible for 1 license")).to_be_visible()
    check_accessible(page)
    page.locator("#dialog").get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_text("1 of 3 licenses")).to_be_visible()
    work_off()
    expect(page.get_by_text("3 of 3 licenses")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("Not activated yet")
    check_accessible(page)
    page.get_by_role("link", name="Not done 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Back to License keys").click()
    expect(page.get_by_role("heading", name=f"Order {order.number}")).to_be_visible()


def test_on_a_phone_and_with_the_keyboard_activations_are_chosen_too(
    sign_in: Callable[[User], Page], ann: User, order: Order
) -> None:
    page = sign_in(ann)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/activations/")
    check_accessible(page)
    box = page.locator("[name=license]").first
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(page.locator("details.tile[open]")).to_have_count(0)
    page.locator("#many-activations-turn_on").focus()
    page.keyboard.press("Enter")
    page.locator("#dialog").get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_text("0 of 1 licenses")).to_be_visible()
    work_off()
    expect(page.get_by_text("1 of 1 licenses")).to_be_visible()
    check_accessible(page)
    assert sorted(recurrent_of(list(order.licenses.all()))) == [False, False, True]


def test_alice_renews_many_and_sees_what_changed_meanwhile(
    sign_in: Callable[[User], Page], alice: User, acme: Reseller, order: Order
) -> None:
    make_entry(acme, "300.00")
    soon: list[License] = [
        make_renewing(acme, order.product, days, company=f"Firm {days}") for days in (3, 4, 5)
    ]
    page = sign_in(alice)
    page.goto("/renewals/")
    page.get_by_label("all 3 that match").check()
    page.get_by_role("button", name="Renew", exact=True).click()
    expect(page.get_by_role("heading", name="Renew 3 licenses")).to_be_visible()
    expect(page.get_by_text("The balance does not suffice for all.")).to_be_visible()
    check_accessible(page)
    page.locator("#dialog").get_by_role("button", name="Renew").click()
    expect(page.get_by_text("0 of 3 licenses")).to_be_visible()
    make_cancelled(soon[0])
    work_off()
    expect(page.get_by_text("3 of 3 licenses")).to_be_visible()
    expect(page.locator(f"#license-{soon[0].uuid}")).to_contain_text("Cancelled")
    expect(page.locator(f"#license-{soon[1].uuid}")).to_contain_text("Done")
    expect(page.locator(f"#license-{soon[2].uuid}")).to_contain_text("no longer holds")
    expect(page.locator("#header-balance")).to_contain_text("180.00")
    check_accessible(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewals")
    page.goto("/bulk-changes/")
    expect(page.get_by_role("link", name="Renew", exact=True)).to_be_visible()
    check_accessible(page)
    assert [license.periods.count() for license in soon] == [1, 2, 1]
