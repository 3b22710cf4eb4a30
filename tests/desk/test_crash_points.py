"""Workers killed with -9 at each point of a job, of each kind that is a row: it is done once.

At a point the row's own change waits for the test; then the worker and its connection are ended.
What a pass of renewals and a charge of a card are killed at is in `test_renewal_workers` and
`test_card_workers`. Timings are shortened by settings; the conduct is the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from billing.models import BalanceEntry, EntryKind
from exports.actions import start as start_export
from exports.kinds import kind_named
from exports.models import Export
from licenses.bulk.actions import start as start_change
from licenses.bulk.foreseeing import foresee
from licenses.models import BulkChange, BulkVerb, ListName
from mailing.models import Mail
from orders.actions import resend_confirmation
from reseller_portal.jobs import Job
from tests.factories import make_entry, make_order
from tests.licenses.renewals import broken
from tests.licenses.test_card_renewals import due
from tests.mailserver import MailServer
from tests.processes import Launcher, eventually
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SHORT: dict[str, Any] = {"JOB_LEASE_SECONDS": 8, "SWEEP_EVERY_SECONDS": 0.5}
GATE = 4711

CLAIM, SETTLEMENT = "running", "done"
STOP = """
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock({gate}); RETURN NEW; END $$;
CREATE TRIGGER stop BEFORE UPDATE ON {table} FOR EACH ROW
WHEN (NEW.state = '{state}' AND OLD.state <> NEW.state) EXECUTE FUNCTION stop()
"""
END_THE_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@dataclass
class Kind:
    """A kind of job: how one is asked for, and what must have come of it after so many tries."""

    model: type[Job]
    ask: Callable[[], Any]
    assert_done: Callable[[int], None]


@pytest.fixture(params=["mail", "export", "bulk change"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return {"mail": a_mail, "export": an_export, "bulk change": a_bulk_change}[request.param](
        request.getfixturevalue
    )


def a_mail(fixture: Callable[[str], Any]) -> Kind:
    """A mail: only once the server has it may it come again, and then with the same id."""
    mailserver: MailServer = fixture("mailserver")
    order = make_order(fixture("acme"), user=fixture("ann"))

    def assert_done(tries: int) -> None:
        names = [message["Message-ID"] for message in mailserver.received]
        assert (len(names), len(set(names))) == (tries, 1)

    def ask() -> None:
        resend_confirmation(order.number, actor=order.user, now=timezone.now())

    return Kind(Mail, ask, assert_done)


def an_export(fixture: Callable[[str], Any]) -> Kind:
    """An export: the row names a whole file."""
    folder: Path = fixture("exports_folder")
    make_order(fixture("acme"), user=fixture("ann"))

    def assert_done(_tries: int) -> None:
        export = Export.objects.get()
        assert export.rows == 1
        assert (folder / export.file).stat().st_size == export.size

    def ask() -> None:
        query, now = "date_from=&date_to=", timezone.now()
        start_export(kind_named("orders"), query, user=fixture("ann"), now=now)

    return Kind(Export, ask, assert_done)


def a_bulk_change(fixture: Callable[[str], Any]) -> Kind:
    """A bulk change: each license is paid once."""
    acme, ann = fixture("acme"), fixture("ann")
    make_entry(acme)
    licenses = due(acme, 5, 5, 5, recurrent=False)

    def assert_done(_tries: int) -> None:
        assert BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count() == 3
        assert {license.periods.count() for license in licenses} == {2}

    def ask() -> None:
        now, keys = timezone.now(), [license.pk for license in licenses]
        seen = foresee(BulkVerb.RENEW, keys, actor=ann, now=now)
        start_change(
            seen, chosen_from=ListName.RENEWALS, is_all=False, key=uuid4(), actor=ann, now=now
        )

    return Kind(BulkChange, ask, assert_done)


@contextmanager
def stopped_at(state: str, kind: Kind) -> Iterator[None]:
    """Ask for a job, and wait until its worker stands still before the row gets this state."""
    kind.ask()
    table = kind.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(STOP.format(gate=GATE, table=table, state=state))
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
            yield
            cursor.execute(END_THE_WAITING)
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            cursor.execute(f'DROP TRIGGER stop ON "{table}"; DROP FUNCTION stop')


@pytest.mark.parametrize(("state", "tries"), [(CLAIM, 1), (SETTLEMENT, 2)])
def test_whatever_a_killed_worker_was_at_is_done(
    kind: Kind, state: str, tries: int, launch: Launcher
) -> None:
    with stopped_at(state, kind):
        victim = launch.worker(children=1, **SHORT)
        wait_for(1)
        victim.kill()
    launch.worker(children=1, **SHORT), launch.scheduler(**SHORT)
    eventually(kind.model._default_manager.filter(state="done").exists, 90)
    job = kind.model._default_manager.get()
    assert (job.state, job.attempts) == ("done", tries)
    kind.assert_done(tries)
    assert broken() == []
