"""Two sweeps at once, and what happens without the guards."""

from functools import partial

import pytest
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from licenses.models import Notice, NoticeKind, NoticeRound
from licenses.notices import gathering, rounds, telling
from licenses.notices.gathering import gather
from licenses.notices.rounds import notify
from mailing.models import Mail
from resellers.models import Reseller, User
from tests.licenses.notices import MORNING, TODAY, ending, noticed, told
from tests.races import all_at_once, both_at_once, in_turn, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(acme: Reseller, alice: User) -> Reseller:
    """Acme with licenses that end in a week, before its first round."""
    for _each in range(3):
        ending(acme, 7)
    NoticeRound.objects.create(reseller=acme)
    return acme


def two_sweeps() -> list[object]:
    return both_at_once(*[partial(notify, MORNING)] * 2, about_to_change=Notice)


def test_two_sweeps_at_once_share_the_resellers(waiting: Reseller) -> None:
    # the one that finds the round locked goes on without waiting
    first, second = all_at_once(*[partial(notify, MORNING)] * 2)
    assert {first, second} <= {0, 1}
    assert first + second == 1
    assert told() == [("alice", "2026-11-24")]
    assert Notice.objects.filter(told_on=TODAY).count() == 3


def test_twin_without_the_lock_on_the_round_only_the_keys_stop_the_second(
    waiting: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert two_sweeps() == [1, 1]
    assert told() == [("alice", "2026-11-24")]


def test_eight_gather_at_once_without_a_double_or_a_deadlock(waiting: Reseller) -> None:
    counts = all_at_once(*[partial(gather, waiting, TODAY, MORNING)] * 8)
    assert sorted(counts) == [0] * 7 + [3]
    assert Notice.objects.count() == 3


def by_other_plans(acme: Reseller) -> list[object]:
    """Let one gather as the rows lie and one as an index has them, held up at the second of three.

    The first ends last, so that the two ways lead through them in opposite order.
    """
    licenses = [ending(acme, days) for days in (6, 5, 4)]

    def gathered(*avoided: str) -> int:
        with connection.cursor() as cursor:
            for plan in avoided:
                cursor.execute(f"SET enable_{plan} = off")
        return gather(acme, TODAY, MORNING)

    ways = ("indexscan", "indexonlyscan", "bitmapscan"), ("seqscan", "bitmapscan", "sort")
    deeds = [partial(gathered, *way) for way in ways]
    outcomes = in_turn(*deeds, hold=partial(noticed, licenses[1], NoticeKind.ENDS_7, 0))
    return [outcome if isinstance(outcome, int) else "deadlock" for outcome in outcomes]


def test_two_with_other_plans_end_without_a_deadlock(acme: Reseller) -> None:
    assert set(by_other_plans(acme)) == {0, 3}


def test_twin_without_sorting_one_of_them_is_a_deadlock(
    acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsorted = gathering.GATHER.replace("ORDER BY id\n", "")
    monkeypatch.setattr(gathering, "GATHER", unsorted)
    assert "deadlock" in by_other_plans(acme)


def test_twin_without_on_conflict_the_second_gets_an_error(
    waiting: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "GATHER", gathering.GATHER.partition("ON CONFLICT")[0])
    outcomes = all_at_once(*[partial(gather, waiting, TODAY, MORNING)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "int"]


def test_what_is_noticed_while_the_mail_is_queued_is_not_lost(waiting: Reseller) -> None:
    late = ending(waiting, 5)
    notify(MORNING)
    paid = noticed(late, NoticeKind.PAID, 1)
    notify(MORNING)
    paid.refresh_from_db()
    assert paid.told_on is None
    notify(MORNING, TODAY.replace(day=25))
    paid.refresh_from_db()
    assert str(paid.told_on) == "2026-11-25"


def test_a_round_that_breaks_leaves_nothing_and_stops_nobody_else(
    waiting: Reseller, globex: Reseller, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending(globex, 7)

    def tell(reseller: Reseller, *arguments: object) -> None:
        if reseller == waiting:
            raise DatabaseError("gone")
        telling.tell(reseller, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rounds, "tell", tell)
    assert notify(MORNING, TODAY) == 1
    assert {mail.to for mail in Mail.objects.all()} == {"charlie@globex.example"}
    assert not Notice.objects.filter(reseller=waiting).exists()
    monkeypatch.undo()
    assert notify(MORNING, TODAY) == 1
    assert ("alice", "2026-11-24") in told()
