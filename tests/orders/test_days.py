"""Days are the reseller's, begin at its midnight, and count from both ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import ResellerFactory, UserFactory, make_order
from tests.orders.conftest import Finds, SignedIn


def placed(reseller: Reseller, *moments: str) -> list[Order]:
    """Return orders placed at these moments (UTC), in that order."""
    return [
        make_order(
            reseller, quantity=1, placed_at=datetime.fromisoformat(moment).replace(tzinfo=UTC)
        )
        for moment in moments
    ]


@pytest.mark.parametrize("query", ["", "page_size=50", "sort=date", "page=1", "utm_source=mail"])
def test_without_any_filter_it_is_today_where_the_reseller_is(
    finds: Finds, alice: User, acme: Reseller, query: str
) -> None:
    yesterday, first, last, _tomorrow = placed(
        acme,
        "2026-11-23T22:59:59.999999",
        "2026-11-23T23:00:00",
        "2026-11-24T22:59:59.999999",
        "2026-11-24T23:00:00",
    )
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        assert set(finds(alice, query)) == {first.number, last.number}
        assert yesterday.number not in finds(alice, query)


def test_today_begins_earlier_in_the_east(
    finds: Finds, alice: User, charlie: User, acme: Reseller, globex: Reseller
) -> None:
    in_berlin = placed(acme, "2026-11-24T03:00:00")
    in_new_york = placed(globex, "2026-11-24T03:00:00")
    with time_machine.travel("2026-11-24T03:30:00Z", tick=False):
        assert finds(alice, "") == [in_berlin[0].number]
        assert finds(alice, "date_from=2026-11-24&date_to=2026-11-24") == [in_berlin[0].number]
        assert finds(charlie, "date_from=2026-11-24&date_to=2026-11-24") == []
        assert finds(charlie, "date_from=2026-11-23&date_to=2026-11-23") == [in_new_york[0].number]


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 25), ("Pacific/Pago_Pago", 23)])
def test_today_at_both_ends_of_the_world(finds: Finds, zone: str, day: int) -> None:
    reseller = ResellerFactory.create(time_zone=zone)
    person = UserFactory.create(reseller=reseller)
    (order,) = placed(reseller, "2026-11-24T10:30:00")
    with time_machine.travel("2026-11-24T10:45:00Z", tick=False):
        assert finds(person, "") == [order.number]
        assert finds(person, f"date_from=2026-11-{day}&date_to=2026-11-{day}") == [order.number]


@pytest.mark.parametrize("query", ["date_from=", "date_to=", "date_from=&date_to=", "state="])
def test_a_parameter_that_is_empty_is_no_bound(
    finds: Finds, alice: User, acme: Reseller, query: str
) -> None:
    orders = placed(acme, "2024-01-01T12:00:00", "2026-11-24T12:00:00")
    with time_machine.travel("2026-11-24T13:00:00Z", tick=False):
        assert set(finds(alice, query)) == {order.number for order in orders}


def test_any_other_filter_lifts_the_bound_to_today(
    finds: Finds, alice: User, acme: Reseller
) -> None:
    (order,) = placed(acme, "2024-01-01T12:00:00")
    assert finds(alice, "state=processed") == [order.number]


def test_both_days_count(finds: Finds, alice: User, acme: Reseller) -> None:
    _before, first, last, _after = placed(
        acme,
        "2026-06-09T21:59:59",
        "2026-06-09T22:00:00",
        "2026-06-12T21:59:59",
        "2026-06-12T22:00:00",
    )
    found = finds(alice, "date_from=2026-06-10&date_to=2026-06-12")
    assert found == [last.number, first.number]
    assert finds(alice, "date_from=2026-06-12")[-1] == last.number
    assert finds(alice, "date_to=2026-06-10")[0] == first.number


@pytest.mark.parametrize(
    ("begins", "hours"), [("2026-03-28T23:00:00", 23), ("2026-10-24T22:00:00", 25)]
)
def test_the_days_on_which_clocks_change_are_whole(
    finds: Finds, alice: User, acme: Reseller, begins: str, hours: int
) -> None:
    begin = datetime.fromisoformat(begins)
    day = (begin + timedelta(hours=12)).date()
    moments = [begin - timedelta(seconds=1), begin, begin + timedelta(hours=hours, seconds=-1)]
    moments.append(begin + timedelta(hours=hours))
    _before, first, last, _after = placed(acme, *(moment.isoformat() for moment in moments))
    assert finds(alice, f"date_from={day}&date_to={day}") == [last.number, first.number]


@pytest.mark.django_db
def test_a_day_without_midnight_is_whole(finds: Finds) -> None:
    """In Santiago the clocks jump from 0:00 to 1:00 on 6 September 2026."""
    reseller = ResellerFactory.create(time_zone="America/Santiago")
    person = UserFactory.create(reseller=reseller)
    _before, first = placed(reseller, "2026-09-06T03:59:59", "2026-09-06T04:00:00")
    assert finds(person, "date_from=2026-09-06&date_to=2026-09-06") == [first.number]


def test_the_fields_show_today(as_: SignedIn, alice: User) -> None:
    with time_machine.travel("2026-11-24T23:30:00Z", tick=False):
        page = as_(alice).get("/orders/").text
    assert page.count('value="2026-11-25"') == 2
    assert "Purchased: 25 Nov 2026" in page
    assert "Europe/Berlin" in page
