"""Real workers and a real scheduler: whoever dies, each mail is sent, and once.

Timings are shortened by settings; the conduct is the same.
"""

import signal
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from mailing.models import Mail
from orders.models import Order
from reseller_portal.models import Heartbeat
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.mailserver import MailServer
from tests.processes import Launcher, Process, Valkey, eventually

pytestmark = pytest.mark.django_db(transaction=True)

END_OTHER_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SHORT: dict[str, Any] = {
    "JOB_LEASE_SECONDS": 2,
    "SWEEP_EVERY_SECONDS": 0.5,
    "BEAT_EVERY_SECONDS": 0.5,
}


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """An order of Ann's."""
    return make_order(acme, user=ann)


def ask_for_a_mail(order: Order, as_: Any) -> Mail:
    """Press Resend Email, as Ann."""
    answer = as_(order.user).post(f"/orders/{order.number}/resend-email/")
    assert answer.status_code == 303
    return Mail.objects.latest("pk")


def sent(mail: Mail) -> bool:
    """Say whether the mail is on record as sent."""
    return Mail.objects.filter(pk=mail.pk, state="done").exists()


def test_a_worker_sends_what_a_person_asks_for(
    order: Order, as_: Any, launch: Launcher, mailserver: MailServer
) -> None:
    launch.worker()
    mail = ask_for_a_mail(order, as_)
    eventually(lambda: sent(mail))
    [message] = mailserver.received
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message["To"] == order.user.email
    assert all(code in text for code in order.licenses.values_list("activation_code", flat=True))


def test_a_worker_killed_in_the_middle_loses_nothing(
    order: Order, as_: Any, launch: Launcher, mailserver: MailServer
) -> None:
    mailserver.hangs = True
    victim = launch.worker(EMAIL_TIMEOUT=60, **SHORT)
    mail = ask_for_a_mail(order, as_)
    eventually(lambda: mailserver.holding)
    victim.kill()
    mailserver.hangs = False
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(lambda: sent(mail))
    mail.refresh_from_db()
    assert (len(mailserver.received), mail.attempts) == (1, 2)


def test_without_the_sweep_a_killed_workers_mail_would_be_lost(
    order: Order, as_: Any, launch: Launcher, mailserver: MailServer
) -> None:
    mailserver.hangs = True
    victim = launch.worker(EMAIL_TIMEOUT=60, **SHORT)
    mail = ask_for_a_mail(order, as_)
    eventually(lambda: mailserver.holding)
    victim.kill()
    mailserver.hangs = False
    launch.worker(**SHORT)
    time.sleep(6)
    assert not sent(mail)


def test_a_mail_is_not_sent_twice_when_the_first_worker_was_only_frozen(
    order: Order, as_: Any, launch: Launcher, mailserver: MailServer
) -> None:
    mailserver.hangs = True
    frozen = launch.worker(EMAIL_TIMEOUT=60, **SHORT)
    mail = ask_for_a_mail(order, as_)
    eventually(lambda: mailserver.holding)
    frozen.send(signal.SIGSTOP)
    mailserver.hangs = False
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(lambda: sent(mail))
    frozen.send(signal.SIGCONT)
    eventually(lambda: "lease_lost" in launch.logs())
    assert sent(mail)
    assert len(mailserver.received) == 1


def test_a_broker_that_was_emptied_loses_nothing(
    order: Order, as_: Any, launch: Launcher, valkey: Valkey
) -> None:
    mail = ask_for_a_mail(order, as_)
    assert valkey.ask("FLUSHALL") == "+OK"
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(lambda: sent(mail))


def test_a_broker_that_is_down_loses_nothing(
    order: Order, as_: Any, launch: Launcher, valkey: Valkey
) -> None:
    worker, scheduler = launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(Heartbeat.objects.exists)
    valkey.stop()
    began = time.monotonic()
    mail = ask_for_a_mail(order, as_)
    assert time.monotonic() - began < 3
    valkey.start()
    eventually(lambda: sent(mail), 40)
    assert worker.running
    assert scheduler.running


def test_a_frozen_broker_costs_a_request_three_seconds_at_most_and_loses_nothing(
    order: Order, as_: Any, launch: Launcher, valkey: Valkey
) -> None:
    valkey.freeze()
    began = time.monotonic()
    mail = ask_for_a_mail(order, as_)
    assert time.monotonic() - began < 3
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    valkey.thaw()
    eventually(lambda: sent(mail), 40)


def test_a_database_that_was_restarted_loses_nothing(
    order: Order, as_: Any, launch: Launcher, mailserver: MailServer
) -> None:
    launch.worker(children=1, **SHORT), launch.scheduler(**SHORT)
    first = ask_for_a_mail(order, as_)
    eventually(lambda: sent(first))
    Mail.objects.update(queued_at=timezone.now() - timedelta(days=1))  # so that it may be resent
    with connection.cursor() as cursor:
        cursor.execute(END_OTHER_CONNECTIONS)
    time.sleep(1.5)  # so that sweeps are the first to meet the dead connection
    second = ask_for_a_mail(order, as_)
    eventually(lambda: sent(second), 10)
    assert len(mailserver.received) == 2


def broker_vanishes_while_a_mail_is_sent(
    order: Order, as_: Any, launch: Launcher, servers: tuple[Valkey, MailServer], **settings: Any
) -> Process:
    """Let the broker restart while a worker holds a message that is not acknowledged."""
    valkey, mailserver = servers
    mailserver.hangs = True
    worker = launch.worker(EMAIL_TIMEOUT=60, **settings)
    ask_for_a_mail(order, as_)
    eventually(lambda: mailserver.holding)
    valkey.stop()
    time.sleep(1)
    valkey.start()
    mailserver.hangs = False
    return worker


def test_a_worker_outlives_its_broker(
    order: Order, as_: Any, launch: Launcher, valkey: Valkey, mailserver: MailServer
) -> None:
    worker = broker_vanishes_while_a_mail_is_sent(order, as_, launch, (valkey, mailserver))
    time.sleep(3)
    assert worker.running
    launch.scheduler(**SHORT)
    Mail.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    eventually(lambda: Mail.objects.filter(state="done").count() == 1, 40)


def test_celerys_own_consumer_would_not(
    order: Order, as_: Any, launch: Launcher, valkey: Valkey, mailserver: MailServer
) -> None:
    own = {"CELERY_WORKER_CONSUMER": "celery.worker.consumer:Consumer"}
    worker = broker_vanishes_while_a_mail_is_sent(order, as_, launch, (valkey, mailserver), **own)
    eventually(lambda: not worker.running)


def test_the_scheduler_beats_at_its_start_without_a_worker(launch: Launcher) -> None:
    began = timezone.now()
    launch.scheduler()
    eventually(Heartbeat.objects.filter(name="scheduler", beaten_at__gte=began).exists)
