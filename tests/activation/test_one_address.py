"""No address is flooded with links: so many an hour and a day from one company."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from activation import limits
from activation.actions import send_link
from activation.limits import Most, why_too_many_to_one
from activation.sending import Recipient
from licenses.links import KIND
from licenses.models import License
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.races import both_at_once, without_locks

TO = "nina@nova.example"
Given = Callable[..., None]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def given(acme: Reseller, now: datetime) -> Given:
    """Put links that went to Nina into Acme's outbox."""

    def put(count: int, minutes: int, to: str = TO) -> None:
        at = now - timedelta(minutes=minutes)
        for number in range(count):
            Mail.objects.create(
                reseller=acme, kind=KIND, key=f"{minutes}/{to}/{number}", to=to, queued_at=at
            )

    return put


def why(reseller: Reseller, now: datetime, count: int = 1, to: str = TO) -> str:
    return why_too_many_to_one(reseller, [to] * count, now) or ""


@pytest.mark.django_db
def test_twenty_an_hour(acme: Reseller, globex: Reseller, now: datetime, given: Given) -> None:
    given(19, 20)
    assert not why(acme, now)
    assert "At most 20 links go to one address within 1 hour, and 19 went" in why(acme, now, 2)
    given(1, 10, TO.upper())
    said = why(acme, now, to=TO.title())
    assert "20 went to nina@nova.example. It can be sent in 40 minutes." in said
    assert "Download Activation Code" in said, "what to do next"
    assert not why(acme, now, to="otto@ohm.example")
    assert not why(globex, now)
    assert not why(acme, now + timedelta(minutes=40))


@pytest.mark.django_db
def test_sixty_a_day(acme: Reseller, now: datetime, given: Given) -> None:
    for hours in (2, 5, 10):
        given(20, hours * 60)
    said = why(acme, now)
    assert "At most 60 links go to one address within 24 hours, and 60 went" in said
    assert "It can be sent in 14 hours" in said
    assert not why(acme, now + timedelta(hours=14))


@pytest.mark.django_db
def test_the_dialog_refuses_at_the_address(
    acme: Reseller, ann: User, now: datetime, given: Given
) -> None:
    given(20, 30)
    license = make_order(acme, quantity=1).licenses.get()
    with pytest.raises(Refusal, match="At most 20 links go to one address") as refused:
        send_link(license.uuid, Recipient(TO), "", actor=ann, now=now)
    assert refused.value.field == "email"


def at_the_limit(acme: Reseller, ann: User, now: datetime) -> list[str]:
    """Let two people send Nina links of two orders' licenses, when one more is allowed."""
    licenses = [make_order(acme, quantity=1).licenses.get() for _ in range(2)]
    deeds: list[Any] = [
        partial(send_link, license.uuid, Recipient(TO), "", seen=0, actor=ann, now=now)
        for license in licenses
    ]
    outcomes = both_at_once(*deeds, about_to_change=License)
    return sorted(type(outcome).__name__ for outcome in outcomes)


@pytest.mark.django_db(transaction=True)
def test_it_holds_for_two_at_once(
    acme: Reseller, ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TO_ONE", (Most(1, 1),))
    assert at_the_limit(acme, ann, now) == ["Mail", "Refusal"]


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_companys_lock_both_reach_the_address(
    acme: Reseller, ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TO_ONE", (Most(1, 1),))
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert at_the_limit(acme, ann, now) == ["Mail", "Mail"]
