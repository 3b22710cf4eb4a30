"""Real workers that charge cards and pay back: whoever dies and whoever is silent, it is done once.

At each point all works stand still at once; then the worker is killed with -9. Timings are
shortened by settings; the conduct is the same.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from billing.models import CardPayment, CardRefund
from licenses.renewing.engine import Tally, renew_batch
from resellers.models import Reseller, User
from tests.desk.cardwork import (
    HASTY,
    PATIENT,
    SHORT,
    WorkersWorks,
    before_the_answer,
    before_the_commit,
    before_the_gateway_did_it,
    holding,
    make_works,
)
from tests.gateway import Gateway
from tests.orders.shop import now
from tests.processes import Launcher, eventually
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def works(
    gateway: Gateway, acme: Reseller, alice: User, sam: User, launch: Launcher
) -> WorkersWorks:
    launch.environment |= gateway.environment
    return make_works(gateway, acme, alice, sam)


def hold_what_is_open() -> None:
    """Hold what each work claims before it asks the gateway."""
    with connection.cursor() as cursor:
        cursor.execute('LOCK TABLE "billing_cardpayment", "billing_cardrefund" IN SHARE MODE')


@contextmanager
def before_the_call(works: WorkersWorks) -> Iterator[None]:
    """All is written down; each worker is about to note that it asks now."""
    renew_batch(Tally(works.acme), works.acme.day_of(now()), now=now())
    with holding(hold_what_is_open):
        works.start()
        wait_for(works.count)
        assert works.times() == 0
        yield


POINTS = [before_the_call, before_the_gateway_did_it, before_the_answer, before_the_commit]


def kill_at(point: Callable[[WorkersWorks], Any], works: WorkersWorks, launch: Launcher) -> None:
    """Let a worker with a child for each work come to a point, and kill it there."""
    victim = launch.worker(children=works.count, **PATIENT)
    with point(works):
        victim.kill()
    works.gateway.clear_faults()


@pytest.mark.parametrize("point", POINTS)
def test_whatever_a_killed_worker_was_at_is_done_once(
    works: WorkersWorks, launch: Launcher, point: Callable[[WorkersWorks], Any]
) -> None:
    kill_at(point, works, launch)
    assert not works.is_settled()
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(works.is_settled, 40)
    works.assert_done_once()


def test_a_gateway_that_does_it_and_then_says_nothing_is_asked_again(
    works: WorkersWorks, launch: Launcher
) -> None:
    launch.worker(children=works.count, **HASTY)
    works.start("timeout_after")
    launch.scheduler(**HASTY)
    eventually(works.is_settled, 40)
    works.assert_done_once()


def test_twin_without_the_scheduler_nobody_would_find_out(
    works: WorkersWorks, launch: Launcher
) -> None:
    kill_at(before_the_answer, works, launch)
    launch.worker(**SHORT)
    time.sleep(11)
    assert CardPayment.objects.open().count() == 3
    assert CardRefund.objects.filter(settled_at=None).count() == 1


def test_twin_without_the_keys_each_would_be_charged_and_paid_back_twice(
    works: WorkersWorks, launch: Launcher
) -> None:
    kill_at(before_the_answer, works, launch)
    works.gateway.advance(25 * 3600)  # it has forgotten the keys
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(works.is_settled, 40)
    assert works.times() == 2
