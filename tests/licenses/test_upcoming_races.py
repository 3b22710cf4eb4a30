"""Many billing states are changed while something else happens to one of the licenses."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from licenses.models import License
from licenses.steps import cancel_licenses
from licenses.upcoming.actions import Outcome, change_billing_states
from resellers.models import AuditEvent, Reseller, User
from tests.licenses.renewing import make_guard, make_renewing
from tests.races import after, all_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """Three that end without renewal."""
    guard = make_guard()
    return [make_renewing(acme, guard, days, recurrent=False) for days in (10, 20, 30)]


def turn_on(licenses: list[License], ann: User) -> Any:
    keys = [license.pk for license in licenses]
    reseller = licenses[0].reseller
    return change_billing_states(keys, True, actor=ann, reseller=reseller, now=timezone.now())


def cancelled_meanwhile(licenses: list[License], ann: User) -> Any:
    """Turn all on while one of them is being cancelled."""
    cancel = partial(cancel_licenses, licenses[1:2], timezone.now())
    return after(cancel, partial(turn_on, licenses, ann))


def test_one_that_is_cancelled_meanwhile_is_refused_and_the_others_are_on(
    licenses: list[License], ann: User
) -> None:
    outcome = cancelled_meanwhile(licenses, ann)
    assert isinstance(outcome, Outcome)
    assert [license.pk for license, _reason in outcome.refused] == [licenses[1].pk]
    assert [one.recurrent for one in License.objects.order_by("pk")] == [True, False, True]


def test_twin_without_the_locks_nothing_is_changed_but_an_error_shown(
    licenses: list[License], ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(cancelled_meanwhile(licenses, ann), IntegrityError)
    assert not License.objects.filter(recurrent=True).exists()


def test_two_at_once_in_either_sequence_end_and_are_on_record_once(
    licenses: list[License], ann: User
) -> None:
    backwards = licenses[::-1]
    found = all_at_once(partial(turn_on, licenses, ann), partial(turn_on, backwards, ann))
    assert sorted(len(outcome.changed) for outcome in found) == [0, 3]
    assert AuditEvent.objects.filter(verb="license.billing_state_changed").count() == 3
