"""A copy of the database and the way back: all is there, and nothing is done twice."""

import stat
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from billing.models import BalanceEntry
from desk.seed.run import seed
from desk.verify.registry import check_all
from exports.models import Export
from exports.writing import write
from mailing.models import Mail
from orders.models import Order
from reseller_portal.supervisor.binaries import postgres_program
from resellers.models import Reseller, User
from tests.databases import at
from tests.desk.seeding import SMALL, catalog, fetched
from tests.factories import make_entry, make_order
from tests.mailing.test_log import make_mail
from tests.mailserver import MailServer, free_port
from tests.processes import Launcher, database_url, eventually

pytestmark = pytest.mark.django_db(transaction=True)

NOT_COPIED = {"django_session", "reseller_portal_cache"}


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of Acme's, and money."""
    make_entry(acme)
    return make_order(acme, user=alice)


@pytest.fixture
def backup(order: Order, tmp_path: Path) -> Path:
    """A copy of that small portal."""
    call_command("backup", file := tmp_path / "copies" / "portal.dump")
    return file


def contents() -> dict[str, str]:
    """Return a digest of each table, of what a copy holds."""
    tables = [
        name for (name,) in fetched("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    row = "SELECT md5(coalesce(string_agg(row::text, '' ORDER BY row::text), '')) FROM {} AS row"
    return {
        name: fetched(row.format(connection.ops.quote_name(name)))[0][0]
        for name in tables
        if name not in NOT_COPIED
    }


def export_of(alice: User) -> Export:
    """Return an export that is ready, with its file."""
    query = "date_from=&date_to="
    reseller = Reseller.objects.get(name="Acme")
    export = Export.objects.create(reseller=reseller, by=alice, kind="orders", query=query)
    write(export.pk)
    export.refresh_from_db()
    assert export.file
    return export


@pytest.mark.usefixtures("transactional_db")
def test_everything_is_there_and_every_rule_holds(empty: str, tmp_path: Path) -> None:
    seed(SMALL, now=timezone.now(), say=lambda _: None)
    call_command("backup", backup := tmp_path / "portal.dump")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    rows, named = contents(), [line[:4] for line in catalog()]
    with at(empty):
        call_command("restore", backup)
        assert contents() == rows
        assert [line[:4] for line in catalog()] == named
        assert not [result for result in check_all() if result.rows]


def test_what_guarded_the_rows_guards_them_again(order: Order, backup: Path, empty: str) -> None:
    with at(empty):
        call_command("restore", backup)
        with pytest.raises(DatabaseError, match="never changed"):
            BalanceEntry.objects.update(amount=1)
        assert make_order(order.reseller, user=order.user).pk > order.pk


def test_what_was_there_before_gives_way(order: Order, backup: Path, empty: str) -> None:
    with at(empty):
        call_command("restore", backup)
        rows = contents()
        make_order(order.reseller, user=order.user)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE of_a_later_release (id integer)")
        call_command("restore", backup)
        assert contents() == rows


def test_who_was_signed_in_has_to_sign_in_again(alice: User, tmp_path: Path, empty: str) -> None:
    Client().force_login(alice)
    assert Session.objects.exists()
    call_command("backup", tmp_path / "portal.dump")
    with at(empty):
        call_command("restore", tmp_path / "portal.dump")
        assert not Session.objects.exists()


def test_what_was_sent_stays_sent_and_what_was_under_way_is_sent_once(
    order: Order, tmp_path: Path, empty: str, launch: Launcher, mailserver: MailServer
) -> None:
    to = {"about": order.number, "to": order.user.email}
    lease = {"claim": uuid4(), "leased_until": timezone.now() + timedelta(seconds=2)}
    make_mail(order.reseller, key="sent", **to)
    make_mail(order.reseller, key="queued", state="queued", **to)
    make_mail(order.reseller, key="running", state="running", **to, **lease)
    call_command("backup", tmp_path / "portal.dump")
    with at(empty):
        call_command("restore", tmp_path / "portal.dump")
        launch.environment["DATABASE_URL"] = database_url()
        launch.worker(), launch.scheduler(SWEEP_EVERY_SECONDS=1)
        eventually(lambda: Mail.objects.filter(state="done").count() == 3)
        ours = Mail.objects.order_by("key").values_list("key", "attempts")
        assert list(ours) == [("queued", 2), ("running", 2), ("sent", 1)]
    assert len(mailserver.received) == 2


def test_a_file_that_is_there_is_ready_and_one_that_is_gone_has_expired(
    alice: User, tmp_path: Path, empty: str, launch: Launcher, exports_folder: Path
) -> None:
    kept, lost = export_of(alice), export_of(alice)
    call_command("backup", tmp_path / "portal.dump")
    (exports_folder / lost.file).unlink()
    with at(empty):
        call_command("restore", tmp_path / "portal.dump")
        now = timezone.now()
        assert Export.objects.get(pk=kept.pk).is_ready(now)
        assert Export.objects.get(pk=lost.pk).is_expired(now)
        launch.environment["DATABASE_URL"] = database_url()
        launch.web(port := free_port())
        client = Client()
        client.force_login(User.objects.get(pk=alice.pk))
        asked = {export: asked_for(port, client, export) for export in (kept, lost)}
    assert (asked[kept], asked[lost]) == (200, 410)


def asked_for(port: int, client: Client, export: Export) -> int:
    """Return how a web server answers who wants the file."""
    link = HTTPConnection("127.0.0.1", port, timeout=20)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    link.request("GET", f"/exports/{export.uuid}/download/", headers={"Cookie": cookie})
    status = link.getresponse().status
    link.close()
    return status


@pytest.mark.parametrize("spoil", [lambda whole: whole[: len(whole) // 2], lambda _: b"no copy"])
def test_a_spoiled_copy_changes_nothing(
    backup: Path, empty: str, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    spoiled = tmp_path / "spoiled.dump"
    spoiled.write_bytes(spoil(backup.read_bytes()))
    with at(empty):
        call_command("restore", backup)
        rows = contents()
        with pytest.raises(CommandError):
            call_command("restore", spoiled)
        assert contents() == rows


DIES_HALF_WAY = """#!/bin/sh
case "$*" in *--file=-*) '{program}' --section=pre-data "$@"; kill -9 $$ ;; esac
"""


def test_a_program_that_dies_half_way_changes_nothing(
    backup: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = {name: postgres_program(name) for name in ("psql", "pg_restore")}
    dying = tmp_path / "pg_restore"
    dying.write_text(DIES_HALF_WAY.format(program=real["pg_restore"]))
    dying.chmod(0o700)
    with at(empty):
        call_command("restore", backup)
        rows = contents()
        programs = {**real, "pg_restore": dying}
        monkeypatch.setattr("desk.recovery.programs.postgres_program", programs.__getitem__)
        with pytest.raises(CommandError, match="pg_restore failed"):
            call_command("restore", backup)
        assert contents() == rows


def test_nothing_is_replaced_under_a_portal_that_runs(backup: Path, empty: str) -> None:
    with at(empty):
        call_command("restore", backup)
        other = connection.copy()
        other.ensure_connection()
        with pytest.raises(CommandError, match="Stop web, workers and scheduler first"):
            call_command("restore", backup)
        other.close()


def test_a_copy_is_never_written_over(backup: Path) -> None:
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", backup)


@pytest.mark.usefixtures("transactional_db")
def test_a_copy_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with at("nowhere"), pytest.raises(CommandError, match='"nowhere" does not exist'):
        call_command("backup", tmp_path / "portal.dump")
    assert list(tmp_path.iterdir()) == []
