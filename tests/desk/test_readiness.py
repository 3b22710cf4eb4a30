"""Whether the portal is up and can work: open to all, quick whatever hangs, without secrets."""

import socket
import time
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from billing.models import CardPayment, CardRefund
from desk.readiness import Question
from mailing.models import Mail
from reseller_portal.models import Heartbeat
from resellers.models import Reseller
from tests.billing.cards import make_card_rows
from tests.licenses.renewals import TODAY, make_due
from tests.mailserver import free_port
from tests.processes import Launcher, Valkey, status_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def beating() -> Heartbeat:
    """A scheduler that has just beaten."""
    return Heartbeat.objects.create(name="scheduler", beaten_at=timezone.now())


def answer() -> tuple[int, list[str]]:
    """Ask as a stranger would; the answer must come within four seconds."""
    began = time.monotonic()
    response = Client().get("/readyz/")
    assert time.monotonic() - began < 4
    return response.status_code, response.json()["problems"]


def a_mail(**fields: Any) -> Mail:
    """Put a mail into the outbox."""
    return Mail.objects.create(kind="x", key="1", to="a@b.example", about="1", **fields)


def test_the_process_is_up_without_sign_in() -> None:
    response = Client().get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_with_everything_in_place_the_portal_is_ready(beating: Heartbeat, valkey: Valkey) -> None:
    assert answer() == (200, [])


def test_it_is_not_ready_before_the_scheduler_ever_beat(valkey: Valkey) -> None:
    assert answer() == (503, ["The scheduler has not beaten for 3 minutes."])


def test_it_is_not_ready_when_the_last_beat_is_long_ago(beating: Heartbeat, valkey: Valkey) -> None:
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(seconds=181))
    assert answer()[0] == 503


def test_it_is_not_ready_while_jobs_are_late(beating: Heartbeat, valkey: Valkey) -> None:
    mail = a_mail(next_attempt_at=timezone.now() - timedelta(seconds=290))
    assert answer()[0] == 200
    Mail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now() - timedelta(seconds=310))
    assert answer() == (503, ["Jobs are late: mails."])


def test_it_is_not_ready_while_renewals_are_late(
    beating: Heartbeat, valkey: Valkey, acme: Reseller
) -> None:
    today = (acme.day_of(timezone.now()) - TODAY).days
    make_due(acme, today + 7)
    assert answer() == (200, [])  # due since midnight: the next sweep tries it
    make_due(acme, today + 6)
    assert answer() == (503, ["Renewals are late."])


def test_it_is_not_ready_while_money_by_card_is_late(
    beating: Heartbeat, valkey: Valkey, acme: Reseller
) -> None:
    payment = make_card_rows(acme)
    assert answer() == (200, [])  # both are with staff
    ago = timezone.now() - timedelta(seconds=310)
    CardPayment.objects.filter(pk=payment.pk).update(state="unknown", next_check_at=ago)
    assert answer() == (503, ["Card payments are late."])
    CardPayment.objects.update(state="parked", next_check_at=None)
    CardRefund.objects.update(state="waiting", next_check_at=ago)
    assert answer() == (503, ["Refunds to cards are late."])


def test_a_job_that_people_must_look_at_is_not_late(beating: Heartbeat, valkey: Valkey) -> None:
    a_mail(state="stuck", next_attempt_at=timezone.now() - timedelta(days=1))
    assert answer()[0] == 200


def test_it_is_not_ready_without_a_broker(beating: Heartbeat, valkey: Valkey) -> None:
    valkey.stop()
    assert answer() == (503, ["The broker does not answer."])


def test_a_frozen_broker_is_told_within_four_seconds(beating: Heartbeat, valkey: Valkey) -> None:
    valkey.freeze()
    assert answer() == (503, ["The broker does not answer."])


def test_a_database_that_hangs_is_told_within_four_seconds(
    beating: Heartbeat, valkey: Valkey
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE reseller_portal_heartbeat IN ACCESS EXCLUSIVE MODE")
        first, second = answer(), answer()
    assert first == second == (503, ["The database does not answer."])


def test_what_still_hangs_is_not_asked_again() -> None:
    asked = []

    def hang() -> list[str]:
        asked.append(1)
        time.sleep(0.5)
        return []

    question = Question("database", hang)
    for _ in range(3):
        question.begin()
        assert question.answer(time.monotonic()) == ["The database does not answer."]
    assert asked == [1]
    assert question.answer(time.monotonic() + 5) == []


@pytest.mark.parametrize("listens", [False, True])
def test_without_a_database_the_process_is_up_but_not_ready(
    launch: Launcher, listens: bool
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()  # takes connections and never says a word
        launch.environment["METRICS_TOKEN"] = "t"
        launch.environment["DATABASE_URL"] = f"postgres://a:b@127.0.0.1:{silent.getsockname()[1]}/c"
        address = f"http://127.0.0.1:{(port := free_port())}"
        launch.web(port)  # waits for /healthz/
        began = time.monotonic()
        assert status_of(f"{address}/readyz/") == 503
        assert time.monotonic() - began < 4
        link = HTTPConnection("127.0.0.1", port, timeout=8)
        link.request("GET", "/metrics/", headers={"Authorization": "Bearer t"})
        assert b"portal_database_up 0.0\n" in link.getresponse().read()
        link.close()
    assert "The database does not answer." in launch.logs()
