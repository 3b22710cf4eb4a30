"""The figures for a monitoring system: guarded, well formed, straight from the database."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from billing.actions import park_account
from billing.models import CardPayment
from exports.models import Export
from orders.models import Refund
from reseller_portal.models import Heartbeat
from resellers.models import Reseller, User
from tests.billing.cards import make_card_rows
from tests.factories import make_order
from tests.mailing.test_log import make_mail
from tests.processes import Valkey

As = Callable[[User], Client]

TOKEN = "a-long-token-of-the-monitoring-system"
BEARER = {"authorization": f"Bearer {TOKEN}"}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'\{([a-zA-Z_]\w*)="([a-z_]*)"\}'
SAMPLE = re.compile(rf"({NAME})(?:{LABEL})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _token(settings: Settings, valkey: Valkey) -> None:
    settings.METRICS_TOKEN = TOKEN


def parsed(text: str) -> dict[str, float]:
    """Read the format strictly: a gauge's help, its type, then its values, each once."""
    assert text.endswith("\n")
    found: dict[str, float] = {}
    families: list[str] = []
    lines = text[:-1].split("\n")
    while lines:
        helped = re.fullmatch(rf"# HELP ({NAME}) [^\\]+", lines.pop(0))
        assert helped
        assert helped[1] not in families
        families.append(helped[1])
        assert lines.pop(0) == f"# TYPE {helped[1]} gauge"
        while lines and not lines[0].startswith("#"):
            sample = SAMPLE.fullmatch(lines.pop(0))
            assert sample
            assert sample[1] == helped[1]
            key = f"{sample[1]}/{sample[3]}" if sample[3] else sample[1]
            assert key not in found
            found[key] = float(sample[4])
    return found


def figures() -> dict[str, float]:
    """Ask as the monitoring system does."""
    answer = Client().get("/metrics/", headers=BEARER)
    assert (answer.status_code, answer["Content-Type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    assert "no-store" in answer["Cache-Control"]
    return parsed(answer.content.decode())


def test_who_bears_the_token_may_read() -> None:
    assert figures()["portal_database_up"] == figures()["portal_broker_up"] == 1


@pytest.mark.parametrize(
    "given", ["", TOKEN, "Bearer", "Bearer ", "Bearer x", f"bearer {TOKEN}", f"Bearer {TOKEN}é"]
)
def test_nobody_else_may(given: str) -> None:
    answer = Client().get("/metrics/", headers={"authorization": given})
    assert answer.status_code == 403
    assert b"portal_" not in answer.content


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", BEARER["authorization"]])
def test_without_a_token_in_the_environment_none_is_right(given: str, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics/", headers={"authorization": given}).status_code == 403


def test_staff_may_read_without_it_and_the_people_of_a_reseller_may_not(
    as_: As, sam: User, alice: User
) -> None:
    assert as_(sam).get("/metrics/").status_code == 200
    assert as_(alice).get("/metrics/").status_code == 403


def test_jobs_are_counted_by_kind(acme: Reseller, alice: User) -> None:
    now = timezone.now()
    make_mail(acme, key="1", state="queued", next_attempt_at=now + timedelta(hours=1))
    make_mail(acme, key="2", state="queued", next_attempt_at=now - timedelta(seconds=500))
    make_mail(acme, key="3", state="failed", reason="550")
    Export.objects.create(reseller=acme, by=alice, kind="orders", state="stuck", reason="broke")
    told = figures()
    assert told["portal_jobs_queued/mail"] == 2
    assert told["portal_jobs_due/mail"] == 1
    assert 500 <= told["portal_jobs_oldest_due_seconds/mail"] < 600
    assert told["portal_jobs_given_up/mail"] == told["portal_jobs_given_up/export"] == 1
    assert told["portal_jobs_due/bulkchange"] == told["portal_jobs_running/mail"] == 0


def test_a_job_whose_worker_died_is_due_since_its_lease_ran_out(acme: Reseller) -> None:
    now = timezone.now()
    make_mail(
        acme,
        state="running",
        claim="4d7a1f0e-52a3-4a8e-8f53-0a8c5c1e6a51",
        next_attempt_at=now - timedelta(hours=1),
        leased_until=now - timedelta(seconds=100),
    )
    told = figures()
    assert told["portal_jobs_running/mail"] == told["portal_jobs_due/mail"] == 1
    assert 100 <= told["portal_jobs_oldest_due_seconds/mail"] < 200


def test_card_money_is_counted(acme: Reseller) -> None:
    payment = make_card_rows(acme)
    told = figures()
    assert told["portal_card_payments/parked"] == told["portal_card_refunds/parked"] == 1
    assert told["portal_card_payments/unknown"] == told["portal_contradictions/payment"] == 0
    ago = timezone.now() - timedelta(seconds=400)
    CardPayment.objects.filter(pk=payment.pk).update(state="unknown", next_check_at=ago)
    payment.refunds.update(state="otherwise", settled_at=ago, contradicted_at=ago)
    told = figures()
    assert told["portal_card_payments/unknown"] == told["portal_card_checks_late/payment"] == 1
    assert told["portal_card_refunds/parked"] == 0
    assert told["portal_contradictions/refund"] == 1


def test_what_else_waits_is_counted(acme: Reseller, alice: User, as_: As) -> None:
    now = timezone.now()
    Heartbeat.objects.create(name="scheduler", beaten_at=now - timedelta(seconds=100))
    license = make_order(acme, user=alice, quantity=1).licenses.get()
    Refund.objects.create(
        reseller=acme, order=license.order, license=license, asked_by=alice, amount=1
    )
    park_account(acme.pk, "Odd.", actor=None, now=now)
    as_(alice)
    told = figures()
    assert 100 <= told["portal_scheduler_beat_age_seconds"] < 110
    assert told["portal_refunds_asked"] == told["portal_accounts_parked"] == 1
    assert told["portal_sessions"] == 1


def test_a_scheduler_that_never_beat_has_no_age() -> None:
    assert "portal_scheduler_beat_age_seconds" not in figures()


def test_it_takes_the_same_few_queries_however_much_there_is(acme: Reseller) -> None:
    with CaptureQueriesContext(connection) as few:
        figures()
    for number in range(20):
        make_mail(acme, key=f"{number}", state="queued")
    make_card_rows(acme)
    with CaptureQueriesContext(connection) as many:
        figures()
    assert len(few) == len(many) <= 26


def test_a_broker_that_is_down_is_told(valkey: Valkey) -> None:
    valkey.stop()
    assert figures()["portal_broker_up"] == 0


def test_a_database_that_hangs_is_told_and_nothing_else_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desk.metrics.figures.WITHIN", "SELECT 1/0")
    assert figures() == {"portal_database_up": 0, "portal_broker_up": 1}


def test_nothing_of_anybody_is_in_it_and_every_figure_is_explained(
    acme: Reseller, alice: User
) -> None:
    make_mail(acme, to=alice.email, state="failed", reason="550")
    text = Client().get("/metrics/", headers=BEARER).content.decode()
    assert not any(word in text.lower() for word in ("acme", "alice", "@"))
    explained = (Path(__file__).parents[2] / "docs" / "operation.md").read_text()
    named = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    assert named == set(re.findall(r"portal_\w+", explained))
