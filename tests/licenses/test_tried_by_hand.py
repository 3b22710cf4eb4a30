"""A license that somebody tried to renew by hand, in vain, before the engine would have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from licenses.actions import change_billing_state
from licenses.models import BulkVerb, License, Renewal
from licenses.renewing.engine import renew_reseller
from licenses.renewing.manual import renew_by_hand
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.gateway import Gateway
from tests.licenses.bulk import changed_by
from tests.licenses.renewals import TODAY, make_due

pytestmark = pytest.mark.django_db(transaction=True)


def one_by_one(license: License, alice: User) -> None:
    change_billing_state(license.uuid, True, actor=alice, now=timezone.now())


def with_others(license: License, alice: User) -> None:
    changed_by(alice, BulkVerb.TURN_ON, license)


@pytest.mark.parametrize("kind", ["insufficient_funds", "stolen"])
@pytest.mark.parametrize("turn_on", [one_by_one, with_others])
def test_it_renews_in_time_once_auto_renew_is_on(
    gateway: Gateway, acme: Reseller, alice: User, kind: str, turn_on: Callable[..., Any]
) -> None:
    card, now = make_card(gateway, acme, kind), timezone.now()
    today = acme.day_of(now)
    [license] = make_due(acme, (today - TODAY).days + 12, recurrent=False)
    with pytest.raises(Refusal):
        renew_by_hand(license.uuid, actor=alice, now=now)
    turn_on(license, alice)
    renewal = Renewal.objects.get()
    assert (renewal.state, renewal.next_attempt_on) == ("waiting", today + timedelta(days=5))
    gateway.becomes(card.token, "succeeds")
    for days, paid in ((4, 0), (5, 1)):
        renew_reseller(acme, today + timedelta(days=days), now=now)
        assert len(gateway.charges()) == paid
