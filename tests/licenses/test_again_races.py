"""Trying a renewal again today, while auto-renew of its license is turned off."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from licenses.models import AttemptOutcome, Renewal, RenewalState
from licenses.renewing.again import try_today
from licenses.steps import lock_license, set_recurrent
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of
from tests.races import after, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed(acme: Reseller) -> Renewal:
    """A renewal that waits for tomorrow."""
    return make_tried(make_renewing(acme, make_guard(), 3), AttemptOutcome.NOT_COVERED)


def turned_off_meanwhile(renewal: Renewal, alice: User, sam: User) -> Any:
    """Let Sam try it again while Alice turns auto-renew off."""

    def turn_off() -> None:
        license = lock_license(renewal.license)
        set_recurrent([license], False, actor=alice, today=today_of(license.reseller))

    return after(turn_off, partial(try_today, renewal.pk, actor=sam, now=timezone.now()))


def test_one_that_ends_meanwhile_is_not_tried_again(
    failed: Renewal, alice: User, sam: User
) -> None:
    assert isinstance(turned_off_meanwhile(failed, alice, sam), Refusal)
    failed.refresh_from_db()
    assert (failed.state, failed.next_attempt_on) == (RenewalState.ENDED, None)


def test_twin_without_the_locks_only_the_check_stops_it(
    failed: Renewal, alice: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(turned_off_meanwhile(failed, alice, sam), IntegrityError)
