"""Auto-renew is turned on and off, knowing what it will cost and when."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Price
from licenses.charges import next_charge
from licenses.models import License
from reseller_portal.display import day_text
from resellers.models import AuditEvent, Reseller, User
from tests.factories import PriceFactory, ProductFactory, make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]


@pytest.fixture
def today(acme: Reseller) -> date:
    """Acme's calendar day."""
    return acme.day_of(timezone.now())


@pytest.fixture
def license(acme: Reseller, today: date) -> License:
    """An active license of Acme for another 30 days, of an order of 5."""
    license = make_order(acme, quantity=5).licenses.all()[0]
    PriceFactory.create(product=license.product, amount=Decimal("110.00"))
    return make_active(license, ends_on=today + timedelta(days=30))


def ask(client: Client, license: License, **options: Any) -> str:
    response = client.get(f"/licenses/{license.uuid}/billing-state/", **options)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def send(client: Client, license: License, recurrent: str = "true", **options: Any) -> Any:
    """Submit the dialog."""
    url = f"/licenses/{license.uuid}/billing-state/"
    return client.post(url, {"recurrent": recurrent}, **options)


def test_the_dialog_says_when_how_much_and_from_what(
    as_: SignIn, ann: User, license: License, today: date
) -> None:
    page = ask(as_(ann), license)
    assert day_text(today + timedelta(days=23)) in page
    assert '<span class="currency">EUR</span>&nbsp;110.00' in page
    assert "CSS balance" in page
    assert day_text(today + timedelta(days=31)) in page
    assert "To undo it, turn auto-renew off before" in page
    assert 'name="recurrent" value="true"' in page


def test_ann_turns_it_on_and_off_again(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    for recurrent, word in (("true", "on"), ("false", "off")):
        response = send(client, license, recurrent)
        assert response.status_code == HTTPStatus.SEE_OTHER
        license.refresh_from_db()
        assert license.auto_renew == (recurrent == "true")
        page = client.get(response["Location"]).content.decode()
        assert f"Auto-renew is {word} for license …-{license.activation_code[-5:]}." in page


def test_it_is_on_record_once_each_time_it_changes(
    as_: SignIn, ann: User, license: License
) -> None:
    client = as_(ann)
    for recurrent in ("true", "true", "false", "false"):
        assert send(client, license, recurrent).status_code == HTTPStatus.SEE_OTHER
    events = AuditEvent.objects.order_by("id")
    assert [(event.verb, event.about, event.actor, event.changes) for event in events] == [
        ("license.billing_state_changed", str(license.uuid), ann, {"recurrent": recurrent})
        for recurrent in (True, False)
    ]


def test_in_the_table_the_row_changes_where_it_stands(
    as_: SignIn, ann: User, license: License
) -> None:
    response = send(as_(ann), license, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert f'id="license-{license.uuid}" hx-swap-oob="true"' in page
    assert "Auto-renew is on" in page


def test_turning_it_off_says_what_will_not_be_charged(
    as_: SignIn, ann: User, license: License, today: date
) -> None:
    send(as_(ann), license)
    page = ask(as_(ann), license)
    assert "What will not be charged" in page
    assert f"(To) stays {day_text(today + timedelta(days=30))}" in page
    assert f"the last of which is {day_text(today + timedelta(days=44))}" in page
    assert 'name="recurrent" value="false"' in page


def test_without_a_price_today_the_dialog_says_so(as_: SignIn, ann: User, license: License) -> None:
    Price.objects.all().delete()
    page = ask(as_(ann), license)
    assert "The catalog has no price today for 12 months in EUR." in page
    assert send(as_(ann), license).status_code == HTTPStatus.SEE_OTHER


def test_in_grace_the_charge_is_due_today(
    as_: SignIn, ann: User, acme: Reseller, today: date
) -> None:
    license = make_order(acme, quantity=1).licenses.get()
    make_active(license, ends_on=today - timedelta(days=3))
    page = ask(as_(ann), license)
    assert "the charge is due today" in page
    assert send(as_(ann), license).status_code == HTTPStatus.SEE_OTHER


REFUSED: list[tuple[Callable[[License, date], License], str]] = [
    (lambda license, _today: license, "Not activated yet."),
    (lambda license, today: make_active(license, ends_on=today - timedelta(60)), "Expired"),
    (lambda license, _today: make_cancelled(license), "Cancelled."),
    (lambda license, _today: make_cancelled(make_active(license)), "Cancelled."),
]


@pytest.mark.parametrize(("change", "reason"), REFUSED)
@pytest.mark.parametrize("recurrent", ["true", "false"])
def test_only_an_active_license_or_one_in_grace_can_be_changed(
    *,
    as_: SignIn,
    ann: User,
    acme: Reseller,
    today: date,
    change: Callable[[License, date], License],
    reason: str,
    recurrent: str,
) -> None:
    license = change(make_order(acme, quantity=1).licenses.get(), today)
    assert reason in ask(as_(ann), license)
    response = send(as_(ann), license, recurrent)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in response.content.decode()
    license.refresh_from_db()
    assert not license.recurrent
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("word", ["", "True", "yes", "1", "\0", "x" * 10_000])
def test_anything_but_true_or_false_is_refused(
    as_: SignIn, ann: User, license: License, word: str
) -> None:
    response = send(as_(ann), license, word)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "(true)" in response.content.decode()
    license.refresh_from_db()
    assert not license.recurrent


def test_bob_may_only_look_and_nothing_exists_for_charlie(
    as_: SignIn, bob: User, charlie: User, sam: User, license: License
) -> None:
    statuses = [send(as_(user), license).status_code for user in (bob, charlie, sam)]
    assert statuses == [403, 404, 403]
    license.refresh_from_db()
    assert not license.recurrent


# The next charge


def test_the_price_is_todays_for_the_tier_of_the_orders_quantity(
    acme: Reseller, today: date
) -> None:
    product = ProductFactory.create()
    for quantity, amount, days in ((1, 120, -9), (1, 130, -1), (10, 99, -9), (10, 50, 1)):
        PriceFactory.create(
            product=product,
            minimum_quantity=quantity,
            amount=Decimal(amount),
            valid_from=today + timedelta(days=days),
        )
    for quantity, amount in ((9, 130), (10, 99)):
        license = make_order(acme, quantity=quantity, product=product).licenses.all()[0]
        make_active(license)
        assert next_charge(license, today).amount == Decimal(amount)


@pytest.mark.parametrize(("days_left", "charged_in"), [(30, 23), (8, 1), (7, 0), (0, 0), (-5, 0)])
def test_the_first_attempt_is_seven_days_before_to_or_today(
    acme: Reseller, today: date, days_left: int, charged_in: int
) -> None:
    license = make_order(acme, quantity=1).licenses.get()
    make_active(license, ends_on=today + timedelta(days=days_left))
    assert next_charge(license, today).on == today + timedelta(days=charged_in)


def test_the_period_to_be_paid_continues_from_the_anchor(acme: Reseller, today: date) -> None:
    license = make_order(acme, quantity=1, term_months=1).licenses.get()
    make_active(license, activated_at=acme.day_begins(date(2026, 1, 31)))
    charge = next_charge(license, date(2026, 2, 1))
    assert (charge.starts_on, charge.ends_on) == (date(2026, 2, 28), date(2026, 3, 30))


def test_a_license_that_is_not_activated_has_no_next_charge(acme: Reseller, today: date) -> None:
    with pytest.raises(ValueError, match="activated"):
        next_charge(make_order(acme, quantity=1).licenses.get(), today)
