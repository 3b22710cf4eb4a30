"""The mails: one for each reseller, kind and day, in the morning, to whom they are for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from billing.actions import park_account, release_account
from licenses.models import License, Notice, NoticeRound
from licenses.notices.rounds import notify
from licenses.renewing.engine import renew_reseller
from licenses.tasks import notify as notify_task
from mailing.delivery import send
from mailing.models import Mail
from reseller_portal.running import PointlessError
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.factories import ResellerFactory, UserFactory, make_entry
from tests.licenses.notices import DAY, MORNING, TODAY, ending, failed, paid, told

BERLIN_5 = datetime(2026, 11, 24, 4, 59, tzinfo=UTC)
BERLIN_6 = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
BERLIN_NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("alice")


def test_one_mail_tells_all_of_a_kind_and_day(acme: Reseller) -> None:
    for days in (7, 6, 5):
        ending(acme, days)
    assert notify(MORNING) == 1
    assert told() == [("alice", "2026-11-24")]
    assert Notice.objects.filter(told_on=TODAY, kind="ends_7").count() == 3


def test_each_kind_has_its_mail(acme: Reseller) -> None:
    make_entry(acme, "10000.00")
    for days in (15, 7, 1, -1):
        ending(acme, days)
    ending(acme, 10, recurrent=True)
    paid(ending(acme, 5))
    failed(ending(acme, 4, recurrent=True))
    notify(MORNING)
    kinds = sorted(Mail.objects.values_list("kind", flat=True))
    assert kinds == [
        "licenses_ended",
        *["licenses_ending"] * 3,
        "renewals_ahead",
        "renewals_failed",
        "renewals_paid",
    ]


def test_admins_and_agents_are_told_viewers_strangers_and_the_disabled_are_not(
    acme: Reseller, ann: User, bob: User, charlie: User
) -> None:
    UserFactory.create(reseller=acme, role=Role.ADMIN, is_active=False)
    ending(acme, 7)
    notify(MORNING)
    assert told() == [("alice", "2026-11-24"), ("ann", "2026-11-24")]


def test_who_was_disabled_before_it_left_gets_none(acme: Reseller, alice: User) -> None:
    ending(acme, 7)
    notify(MORNING)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(PointlessError):
        send(Mail.objects.get())


def test_mails_wait_for_the_resellers_morning(acme: Reseller) -> None:
    ending(acme, 7)
    assert (notify(BERLIN_5), told()) == (0, [])
    assert (notify(BERLIN_6), told()) == (1, [("alice", "2026-11-24")])


def test_mails_wait_until_the_days_renewals_were_tried_but_not_beyond_noon(acme: Reseller) -> None:
    make_entry(acme, "120.00")
    ending(acme, 7)
    ending(acme, 5, recurrent=True)
    assert notify(MORNING) == 0
    assert notify(BERLIN_NOON) == 1
    assert told("ends_7") == [("alice", "2026-11-24")]


def test_once_they_were_tried_one_mail_tells_of_all(acme: Reseller) -> None:
    make_entry(acme, "120.00")
    for days in (5, 6):
        ending(acme, days, recurrent=True)
    assert notify(MORNING) == 0
    renew_reseller(acme, TODAY, now=MORNING)
    assert notify(MORNING) == 1
    assert told("paid") == told("failed") == [("alice", "2026-11-24")]


def test_the_command_tells_what_it_did_unless_it_is_a_rehearsal(acme: Reseller) -> None:
    make_entry(acme, "120.00")
    ending(acme, 20, recurrent=True)
    call_command("renew", as_of=TODAY + 13 * DAY, dry_run=True, stdout=StringIO())
    assert told() == []
    for _time in range(2):
        call_command("renew", as_of=TODAY + 13 * DAY, stdout=StringIO())
        assert told("paid") == [("alice", "2026-12-07")]


def test_a_decline_for_good_is_told_once_more(acme: Reseller) -> None:
    notice = failed(ending(acme, 5, recurrent=True))
    notify(BERLIN_NOON)
    Notice.objects.filter(pk=notice.pk).update(on=TODAY + DAY, told_on=None)  # as the engine does
    notify(BERLIN_NOON + DAY)
    assert told("failed") == [("alice", "2026-11-24"), ("alice", "2026-11-25")]


def test_a_second_call_tells_nothing_twice(acme: Reseller) -> None:
    ending(acme, 7)
    assert [notify(MORNING + timedelta(hours=hours)) for hours in range(3)] == [1, 0, 0]
    assert len(told()) == 1


def test_what_is_paid_after_the_mail_goes_into_the_next_days(acme: Reseller) -> None:
    make_entry(acme, "1000.00")
    paid(ending(acme, 5))
    notify(MORNING)
    later = paid(ending(acme, 4))
    notify(MORNING + timedelta(hours=5))
    assert told("paid") == [("alice", "2026-11-24")]
    notify(MORNING + DAY)
    assert told("paid") == [("alice", "2026-11-24"), ("alice", "2026-11-25")]
    later.refresh_from_db()
    assert later.told_on == TODAY + DAY


def test_what_is_paid_first_after_the_round_waits_for_the_next_morning(acme: Reseller) -> None:
    notify(MORNING)
    make_entry(acme, "1000.00")
    paid(ending(acme, 5))
    notify(MORNING + timedelta(hours=1))
    assert told("paid") == []
    notify(MORNING + DAY)
    assert told("paid") == [("alice", "2026-11-25")]


def test_the_first_failure_of_a_day_does_not_wait_the_second_does(acme: Reseller) -> None:
    notify(MORNING)
    failed(ending(acme, 5, recurrent=True))
    notify(MORNING + timedelta(hours=1))
    assert told("failed") == [("alice", "2026-11-24")]
    failed(ending(acme, 4, recurrent=True))
    notify(MORNING + timedelta(hours=2))
    assert len(told("failed")) == 1
    notify(BERLIN_NOON + DAY)
    assert told("failed")[1:] == [("alice", "2026-11-25")]


def test_a_failure_that_does_not_wait_takes_nothing_else_along(acme: Reseller) -> None:
    notify(MORNING)
    make_entry(acme, "1000.00")
    paid(ending(acme, 5)), ending(acme, 7), failed(ending(acme, 5, recurrent=True))
    notify(MORNING + timedelta(hours=1))
    assert told() == told("failed") == [("alice", "2026-11-24")]


@pytest.mark.parametrize("days", [3, 40])
def test_after_days_of_silence_each_mail_goes_out_once(acme: Reseller, days: int) -> None:
    notify(MORNING)
    for ends_in in range(1, 50):
        ending(acme, ends_in, recurrent=ends_in % 2 == 0)
    for hour in range(3):
        notify(MORNING + days * DAY + timedelta(hours=hour))
    kinds = [mail.key for mail in Mail.objects.filter(key__startswith="notices/")]
    assert len(kinds) == len(set(kinds))
    told_of = Notice.objects.values_list("license", flat=True)
    assert len(told_of) == len(set(told_of))
    assert set(Notice.objects.values_list("told_on", flat=True)) == {TODAY + days * DAY}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Pago_Pago", date(2026, 11, 23)),  # 22:00 of the day before
        ("America/New_York", None),  # 04:00
        ("UTC", date(2026, 11, 24)),
        ("Asia/Kathmandu", date(2026, 11, 24)),
        ("Pacific/Kiritimati", date(2026, 11, 24)),  # 23:00
    ],
)
def test_a_morning_is_the_resellers_own(zone: str, day: date | None) -> None:
    reseller = ResellerFactory.create(time_zone=zone)
    UserFactory.create(reseller=reseller, email="pat@far.example")
    ending(reseller, 7)
    notify(MORNING)
    assert NoticeRound.objects.get(reseller=reseller).held_on == day
    assert [at for to, at in told() if to == "pat"] == ([str(day)] if day else [])


@pytest.mark.parametrize(
    "midnight",
    [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
def test_on_both_nights_of_changing_clocks_a_day_has_one_round(
    acme: Reseller, midnight: datetime
) -> None:
    hours = [midnight - timedelta(hours=3) + timedelta(minutes=30 * half) for half in range(54)]
    held = [hour for hour in hours if notify(hour)]
    assert [acme.day_of(hour) for hour in held] == [
        date(midnight.year, midnight.month, day) for day in (midnight.day - 1, midnight.day)
    ]
    assert held[1].astimezone(acme.zone).hour == 6


def test_as_of_stands_for_the_day_in_every_calendar_at_any_hour(
    acme: Reseller, globex: Reseller, charlie: User
) -> None:
    for reseller in (acme, globex):
        ending(reseller, 20)
    assert notify(BERLIN_5, TODAY + 5 * DAY) == 2
    assert {to for to, _day in told()} == {"alice", "charlie"}
    assert notify(BERLIN_5, TODAY + 5 * DAY) == 0
    notify(BERLIN_5, TODAY)  # an earlier day
    assert len(told()) == 2


def test_a_parked_account_is_told_what_happened_and_once_released_what_is_ahead(
    acme: Reseller, sam: User
) -> None:
    make_entry(acme, "1000.00")
    ending(acme, 7)
    paid(ending(acme, 5))
    park_account(acme.pk, "Odd", actor=sam, now=MORNING)
    notify(MORNING)
    assert (len(told()), len(told("paid"))) == (1, 1)
    release_account(acme.pk, actor=sam)
    notify(MORNING + DAY)
    assert told("ends_7") == [("alice", "2026-11-25")]


def test_a_reseller_without_anybody_to_tell_stops_nobody_else(
    acme: Reseller, alice: User, globex: Reseller, charlie: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for reseller in (acme, globex):
        ending(reseller, 7)
    notify(datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert told() == [("charlie", "2026-11-24")]


def test_the_task_does_it_on_the_clock(acme: Reseller) -> None:
    notify_task()
    assert NoticeRound.objects.filter(reseller=acme).exists()


def cover(acme: Reseller, day: int) -> list[tuple[str, str]]:
    notify(MORNING + day * DAY)
    return told("renewals_not_covered")


def test_once_when_the_renewals_ahead_exceed_the_balance_and_again_after_cover(
    acme: Reseller,
) -> None:
    make_entry(acme, "120.00")
    ending(acme, 37, recurrent=True)
    assert cover(acme, 0) == []
    other = ending(acme, 36, recurrent=True)
    assert cover(acme, 1) == [("alice", "2026-11-25")]
    assert len(cover(acme, 2)) == 1
    make_entry(acme, "120.00", reference="Wire 2")
    assert len(cover(acme, 3)) == 1
    assert NoticeRound.objects.get(reseller=acme).not_covered_since is None
    License.objects.filter(pk=other.pk).update(recurrent=True)
    ending(acme, 35, recurrent=True)
    assert cover(acme, 4)[1:] == [("alice", "2026-11-28")]


def test_credit_counts_as_cover_and_a_renewal_in_31_days_does_not_count(
    acme: Reseller, sam: User
) -> None:
    acme.account.credit_limit = Decimal(120)
    acme.account.save(update_fields=["credit_limit"])
    ending(acme, 37, recurrent=True)
    ending(acme, 38, recurrent=True)
    assert cover(acme, 0) == []
    assert cover(acme, 1) == [("alice", "2026-11-25")]
