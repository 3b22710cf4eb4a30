"""Auto-renew of one license is turned on while something else happens to it."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from licenses.actions import change_billing_state
from licenses.models import License
from licenses.steps import cancel_licenses
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.licenses.renewing import make_guard, make_renewing
from tests.races import after, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def license(acme: Reseller) -> License:
    """One that ends without renewal."""
    return make_renewing(acme, make_guard(), 9, recurrent=False)


def turned_on_while_it_is_cancelled(license: License, ann: User) -> Any:
    now: datetime = timezone.now()
    cancel = partial(cancel_licenses, [license], now)
    return after(cancel, partial(change_billing_state, license.uuid, True, actor=ann, now=now))


def test_one_that_is_cancelled_meanwhile_is_refused(license: License, ann: User) -> None:
    assert isinstance(turned_on_while_it_is_cancelled(license, ann), Refusal)
    license.refresh_from_db()
    assert not license.recurrent


def test_twin_without_the_lock_an_error_is_shown(
    license: License, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(turned_on_while_it_is_cancelled(license, ann), IntegrityError)
