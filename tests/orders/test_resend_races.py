"""Two who send the confirmation again at once: one mail; the twin shows that the lock does it."""

from functools import partial

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from mailing.models import Mail
from orders.actions import resend_confirmation
from orders.models import Order
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_order
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    return make_order(acme, user=alice)


def alice_and_ann(order: Order, alice: User, ann: User) -> list[str]:
    """Let both press the button at once, and return what each got."""
    deeds = [
        partial(resend_confirmation, order.number, actor=person, now=timezone.now())
        for person in (alice, ann)
    ]
    outcomes = both_at_once(*deeds, about_to_change=AuditEvent)
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_at_once_send_one_mail(order: Order, alice: User, ann: User) -> None:
    assert alice_and_ann(order, alice, ann) == ["Mail", "Refusal"]
    assert Mail.objects.count() == AuditEvent.objects.count() == 1


def test_twin_without_the_lock_they_send_two(
    order: Order, alice: User, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert alice_and_ann(order, alice, ann) == ["Mail", "Mail"]
    assert Mail.objects.count() == 2
