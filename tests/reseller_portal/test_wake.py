"""Waking a worker costs no request more than three seconds, and never an error."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from mailing.models import Mail
from mailing.tasks import deliver
from reseller_portal.wake import wake
from tests.processes import Valkey

pytestmark = pytest.mark.django_db(transaction=True)


def seconds(deed: Callable[[], object]) -> float:
    """Return how long a deed takes."""
    began = time.monotonic()
    deed()
    return time.monotonic() - began


def wake_three_times() -> None:
    """Do what a request with three consequences does."""
    with transaction.atomic(durable=True):
        for pk in (1, 2, 3):
            wake(deliver, pk)


def messages(valkey: Valkey) -> int:
    """Return how many messages wait for a worker."""
    return int(valkey.ask("LLEN", "celery").removeprefix(":"))


def test_a_worker_is_told_after_the_commit(valkey: Valkey) -> None:
    with transaction.atomic():
        wake(deliver, 1)
        assert messages(valkey) == 0
    assert messages(valkey) == 1


def test_a_worker_is_not_told_of_what_was_rolled_back(valkey: Valkey) -> None:
    with transaction.atomic():
        wake(deliver, 1)
        transaction.set_rollback(True)
    assert messages(valkey) == 0


def test_a_broker_that_is_down_costs_nothing(valkey: Valkey) -> None:
    valkey.stop()
    assert seconds(wake_three_times) < 1


def test_a_frozen_broker_costs_two_seconds_however_many_are_to_be_told(valkey: Valkey) -> None:
    wake(deliver, 1)
    valkey.freeze()
    assert seconds(wake_three_times) < 3


def test_without_the_silence_after_a_failure_each_would_cost_two_seconds(
    valkey: Valkey, settings: Any
) -> None:
    settings.WAKE_SILENCE_SECONDS = 0
    valkey.freeze()
    assert seconds(wake_three_times) > 5


def test_a_bare_call_would_fail_the_request(valkey: Valkey) -> None:
    valkey.stop()
    with pytest.raises(OperationalError), transaction.atomic(durable=True):
        transaction.on_commit(lambda: deliver.delay(1))


def test_after_the_silence_workers_are_told_again(valkey: Valkey, settings: Any) -> None:
    settings.WAKE_SILENCE_SECONDS = 0.1
    valkey.stop()
    wake(deliver, 1)
    valkey.start()
    time.sleep(0.2)
    wake(deliver, 2)
    assert messages(valkey) == 1
    assert not Mail.objects.exists()
