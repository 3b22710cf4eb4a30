"""In whose turn the card pays: what the balance could not pay stops it for all that follow."""

from typing import Any

import pytest
from django.utils import timezone

from licenses.models import RenewalAttempt
from licenses.renewing import charging
from licenses.renewing.engine import renew_reseller
from resellers.models import Reseller
from tests.billing.cards import make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_due


@pytest.mark.django_db(transaction=True)
def test_once_a_card_pays_the_balance_pays_nothing_later_in_the_pass(
    gateway: Gateway, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charging, "BATCH", 1)
    make_card(gateway, acme)
    make_entry(acme, "15.00")
    now: Any = timezone.now()
    today = acme.day_of(now)
    away = (today - TODAY).days
    make_due(acme, away + 1, amount="20.00")
    make_due(acme, away + 2, amount="10.00")
    renew_reseller(acme, today, now=now)
    tries = RenewalAttempt.objects.order_by("amount").values_list("source", "outcome")
    assert list(tries) == [("card", "paid"), ("card", "paid")]
