"""What must hold when all faults are over: each rule returns sentences about what is broken."""

import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.db.models import Count, F
from django.utils import timezone

from billing.models import CardPayment, CardRefund
from licenses.models import License, ReplacedCode
from licenses.renewing.due import resellers_due
from mailing.delivery import message_id
from mailing.models import Mail
from orders.models import Order, OrderState
from reseller_portal.jobs import Job, JobQuerySet
from tests.chaos.ground import Ground
from tests.chaos.journal import Answered, Journal

Rule = Callable[[Ground, Journal], Iterator[str]]
RULES: list[Rule] = []

DATABASE = ("database restarted", "connections terminated")
WORKERS = ("worker killed", "worker's child killed", "worker frozen")
ENDED_BY = (*DATABASE, *WORKERS, "mail server away")
CANCELLED = "The license has been cancelled since."  # a mail about it has lost its sense
GRACE = 5.0  # a request that waited for the database until its time-out
CODE = re.compile(r"[A-Z2-9]{5}(?:-[A-Z2-9]{5})+")
RAISED = re.compile(r"^((?:\w+\.)+[A-Z]\w+|\w*(?:Error|Exception))(?::|$)", re.MULTILINE)
EXPLAINED = {
    "NotADirectoryError",  # the folder of exports, when files are to be removed
    "celery.beat.SchedulingError",
    "django.core.exceptions.PermissionDenied",  # a form whose session was over
    "django.db.utils.DatabaseError",  # the line broke
    "django.db.utils.InterfaceError",
    "django.db.utils.OperationalError",
    "kombu.exceptions.OperationalError",
    "psycopg2.InterfaceError",
    "psycopg2.OperationalError",
    "redis.exceptions.ConnectionError",
    "redis.exceptions.TimeoutError",
    "billiard.exceptions.WorkerLostError",
}
SESSION = re.compile(r"\b[a-z0-9]{32}\b")


def rule(judge: Rule) -> Rule:
    """Add a rule."""
    RULES.append(judge)
    return judge


def unsettled(since: datetime) -> list[str]:
    """Return what is still under way; card money of the sample data waits for staff for ever."""
    now = timezone.now()
    open_rows: dict[str, int] = {
        model.__name__: JobQuerySet(model).unfinished().count()
        for model in apps.get_models()
        if issubclass(model, Job)
    }
    payments = CardPayment.objects.open().filter(created_at__gte=since)
    refunds = CardRefund.objects.filter(settled_at=None, created_at__gte=since)
    for row in (*payments, *refunds):
        name = f"{type(row).__name__} {row.state}: {row.reason}"
        open_rows[name] = open_rows.get(name, 0) + 1
    open_rows["resellers with renewals due"] = len(resellers_due(now))
    return [f"{count} {name}" for name, count in open_rows.items() if count]


def settle(journal: Journal, seconds: float) -> float:
    """Wait until nothing is under way, or so long; return how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if not unsettled(journal.began):
                break
        except DatabaseError:
            connection.close()
        time.sleep(0.5)
    return time.monotonic() - began


def judged(ground: Ground, journal: Journal) -> dict[str, list[str]]:
    """Return what is broken, by the name of the rule."""
    found = {each.__name__.replace("_", " "): list(each(ground, journal)) for each in RULES}
    return {name: sentences for name, sentences in found.items() if sentences}


@rule
def nothing_surprising(_ground: Ground, journal: Journal) -> Iterator[str]:
    """Nothing happened that must not happen at all."""
    yield from journal.surprises


@rule
def every_invariant(_ground: Ground, _journal: Journal) -> Iterator[str]:
    """`manage.py verify` is clean."""
    command = [sys.executable, "-W", "ignore", "manage.py", "verify"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        yield f"{found.stdout}{found.stderr}"


@rule
def every_job_settled(_ground: Ground, journal: Journal) -> Iterator[str]:
    """Nothing is under way, and nothing was given up but mails that the server refused."""
    yield from unsettled(journal.began)
    for model in apps.get_models():
        if issubclass(model, Job) and model is not Mail:
            given_up: JobQuerySet[Any] = JobQuerySet(model).given_up()
            for job in given_up:
                yield f"{model.__name__} {job.pk} was given up: {job.reason}"


@rule
def every_mail(ground: Ground, journal: Journal) -> Iterator[str]:
    """Each was sent, refused with 550, or without sense; nothing came that no row knows."""
    came: dict[str, list[float]] = defaultdict(list)
    for at, name, _message in ground.mail.taken:
        came[name].append(at)
    for mail in Mail.objects.exclude(state="dropped").filter(queued_at__gte=journal.began):
        times = came.pop(message_id(mail), [])
        yield from _wrong_with(mail, times, ground, journal)
    known = {message_id(mail) for mail in Mail.objects.filter(state="dropped")}
    yield from (f"nobody queued the mail {name}" for name in came.keys() - known)


def _wrong_with(mail: Mail, times: list[float], ground: Ground, journal: Journal) -> Iterator[str]:
    what = f"mail {mail.pk} ({mail.kind}, {mail.state})"
    if mail.state == "done" and not times:
        yield f"{what} never came"
    elif mail.state != "done" and not (
        mail.reason == CANCELLED or (mail.to in ground.mail.refused and "550" in mail.reason)
    ):
        yield f"{what} is not sent: {mail.reason}"
    if message_id(mail) in {message["Message-ID"] for message in ground.mail.unanswered}:
        return
    for first, second in pairwise(times):
        if not journal.explains(ENDED_BY, first - 1, second):
            yield f"{what} came again without a crash, {second - first:.1f} s later"


@rule
def no_charge_twice(ground: Ground, journal: Journal) -> Iterator[str]:
    """The gateway's book and ours say the same, payment by payment."""
    theirs = ground.gateway.charges()
    times = Counter(each["metadata"]["key"] for each in theirs)
    yield from (f"{key} was charged {count} times" for key, count in times.items() if count > 1)
    here = {
        payment.key: payment.amount * 100
        for payment in CardPayment.objects.filter(state="succeeded", created_at__gte=journal.began)
    }
    there = {each["metadata"]["key"]: Decimal(each["amount"]) for each in theirs}
    for key in here.keys() | there.keys():
        if here.get(key) != there.get(key):
            yield f"{key}: {here.get(key)} hundredths here, {there.get(key)} at the gateway"


@rule
def no_refund_twice(ground: Ground, _journal: Journal) -> Iterator[str]:
    """What the gateway paid back is what was owed."""
    theirs = Counter(
        each["key"] for each in ground.gateway.refunds() if each["status"] == "succeeded"
    )
    ours = set(CardRefund.objects.filter(state="succeeded").values_list("key", flat=True))
    yield from (f"{key} went back {times} times" for key, times in theirs.items() if times > 1)
    yield from (f"{key} went back and we do not know" for key in theirs.keys() - ours)


@rule
def every_order_whole(_ground: Ground, journal: Journal) -> Iterator[str]:
    """What people were led to is there, with its licenses and its mail."""
    promised = journal.promised
    found = {str(order.key): order for order in Order.objects.filter(key__in=promised)}
    for key, number in promised.items():
        if key not in found or found[key].number != number:
            yield f"order {number} was promised and is not there"
    sold = Order.objects.filter(state=OrderState.PROCESSED).annotate(made=Count("licenses"))
    for number in sold.exclude(made=F("quantity")).values_list("number", flat=True):
        yield f"order {number} has not as many licenses as were sold"
    for order in sold.filter(number__in=promised.values()):
        if not Mail.objects.filter(kind="order_confirmation", about=order.number).exists():
            yield f"order {order.number} has no confirmation"


@rule
def no_error_unexplained(_ground: Ground, journal: Journal) -> Iterator[str]:
    """The server answered with an error only while the database was away, and with its own page."""
    for answer in journal.answers:
        if answer.status < 500:
            continue
        what = f"{answer.who}, {answer.deed}: {answer.status}"
        if not _is_own_page(answer):
            yield f"{what} with {answer.text[:200]!r}"
        if not journal.explains(DATABASE, answer.began - 1, answer.began + answer.seconds + GRACE):
            yield f"{what} while the database was there"


def _is_own_page(answer: Answered) -> bool:
    return "Something went wrong" in answer.text and "Traceback" not in answer.text


@rule
def no_defect_in_a_log(ground: Ground, _journal: Journal) -> Iterator[str]:
    """What the processes could not do was the fault of what was broken around them."""
    for log in ground.logs():
        for line in log.read_text(errors="replace").splitlines():
            raised = RAISED.findall(_exception_in(line))
            if raised and raised[-1] not in EXPLAINED:
                yield f"{log.name}: {line[-600:]}"


def _exception_in(line: str) -> str:
    try:
        return str(json.loads(line).get("exception", ""))
    except (ValueError, AttributeError):
        return ""


@rule
def no_secret_in_a_log(ground: Ground, _journal: Journal) -> Iterator[str]:
    """No code, session or key of the gateway was written down."""
    codes = set(License.objects.values_list("activation_code", flat=True))
    codes |= set(ReplacedCode.objects.values_list("code", flat=True))
    sessions = set(Session.objects.values_list("session_key", flat=True))
    secrets = [settings.SECRET_KEY, ground.gateway.secret_key, ground.gateway.webhook_secret]
    for log in ground.logs():
        text = log.read_text(errors="replace")
        written = {
            "codes": len(set(CODE.findall(text)) & codes),
            "sessions": len(set(SESSION.findall(text)) & sessions),
            "secrets": sum(secret in text for secret in secrets),
        }
        yield from (f"{log.name} holds {count} {what}" for what, count in written.items() if count)
