"""What is noticed on which day, once, whatever runs twice or not at all for days."""

from datetime import timedelta

import pytest

from licenses.models import License, Notice
from licenses.notices.gathering import gather
from resellers.models import Reseller
from tests.factories import make_active, make_cancelled, make_entry, make_order
from tests.licenses.notices import DAY, MORNING, TODAY, ending, paid


def days_noticed(license: License, days: range) -> dict[str, list[int]]:
    """Gather on each of these days, counted from TODAY; return the days on which each kind came."""
    for day in days:
        gather(license.reseller, TODAY + day * DAY, MORNING)
    found: dict[str, list[int]] = {}
    for notice in Notice.objects.filter(license=license).order_by("on"):
        found.setdefault(notice.kind, []).append((notice.on - TODAY).days)
    return found


def test_what_renews_is_noticed_three_days_before_the_first_attempt(acme: Reseller) -> None:
    license = ending(acme, 20, recurrent=True)  # tried on day 13
    assert days_noticed(license, range(40)) == {"ahead": [10]}
    assert Notice.objects.get().period == 1


def test_what_does_not_renew_is_noticed_15_7_1_days_before_and_1_after(acme: Reseller) -> None:
    license = ending(acme, 20)
    expected = {"ends_15": [5], "ends_7": [13], "ends_1": [19], "ended": [21]}
    assert days_noticed(license, range(40)) == expected
    assert set(Notice.objects.values_list("period", flat=True)) == {0}


def test_the_same_day_twice_is_noticed_once(acme: Reseller) -> None:
    ending(acme, 15)
    assert [gather(acme, TODAY, MORNING) for _time in range(3)] == [1, 0, 0]


def test_a_new_period_is_noticed_anew(acme: Reseller) -> None:
    license = ending(acme, 15)
    gather(acme, TODAY, MORNING)
    make_entry(acme, "120.00")
    paid(license)
    assert license.ends_on is not None
    gather(acme, license.ends_on - timedelta(days=15), MORNING)
    notices = Notice.objects.filter(kind="ends_15")
    assert sorted(notices.values_list("period", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    ("ends_in", "expected"),
    [(13, "ends_15"), (8, "ends_15"), (7, "ends_7"), (2, "ends_7"), (0, "ends_1"), (-3, "ended")],
)
def test_after_silence_only_the_last_that_applies_is_noticed(
    acme: Reseller, ends_in: int, expected: str
) -> None:
    assert days_noticed(ending(acme, ends_in), range(1)) == {expected: [0]}


def test_three_days_of_silence_lose_nothing(acme: Reseller) -> None:
    licenses = [ending(acme, days, recurrent=days % 2 == 0) for days in range(-10, 40)]
    for day in range(0, 60, 3):
        gather(acme, TODAY + day * DAY, MORNING)
    for license in licenses:
        assert license.ends_on is not None
        kinds = set(license.notices.values_list("kind", flat=True))
        far = (license.ends_on - TODAY).days
        assert ("ahead" in kinds) == (license.recurrent and far > 7)
        assert ("ended" in kinds) == (not license.recurrent)
        if not license.recurrent and far > 1:
            assert kinds & {"ends_1", "ends_7"}


def test_after_forty_days_of_silence_what_is_long_over_is_no_news(acme: Reseller) -> None:
    gone, recent, coming = (ending(acme, days) for days in (5, 30, 44))
    renewing = ending(acme, 30, recurrent=True)  # its first attempt was on day 23
    gather(acme, TODAY + 40 * DAY, MORNING)
    assert not Notice.objects.filter(license__in=[gone, renewing]).exists()
    assert {notice.license: notice.kind for notice in Notice.objects.all()} == {
        recent: "ended",
        coming: "ends_7",
    }


@pytest.mark.parametrize("ends_in", [7, 6, 0, -1])
def test_ahead_makes_no_sense_once_the_first_attempt_has_come(acme: Reseller, ends_in: int) -> None:
    assert days_noticed(ending(acme, ends_in, recurrent=True), range(1)) == {}


def test_neither_the_available_nor_the_cancelled_are_noticed(acme: Reseller) -> None:
    _available, cancelled = make_order(acme, quantity=2).licenses.all()
    make_active(cancelled, ends_on=TODAY + 7 * DAY)
    make_cancelled(cancelled)
    assert gather(acme, TODAY, MORNING) == 0


def test_one_resellers_round_notices_nobody_elses(acme: Reseller, globex: Reseller) -> None:
    ending(globex, 7)
    assert gather(acme, TODAY, MORNING) == 0
    assert gather(globex, TODAY, MORNING) == 1


def test_what_was_turned_off_in_time_is_noticed_as_what_ends(acme: Reseller) -> None:
    license = ending(acme, 10, recurrent=True)
    gather(acme, TODAY, MORNING)
    License.objects.filter(pk=license.pk).update(recurrent=False)
    assert days_noticed(license, range(1, 12)) == {
        "ahead": [0],
        "ends_15": [1],
        "ends_7": [3],
        "ends_1": [9],
        "ended": [11],
    }
