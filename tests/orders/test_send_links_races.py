"""Two who send an order's links at once: one sending, and no license goes twice."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from activation.actions import send_link
from activation.sending import Recipient
from licenses.models import License
from mailing.models import Mail
from orders.actions import send_links
from orders.link_plans import plan
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "nina@nova.example\notto@ohm.example"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def order(acme: Reseller) -> Order:
    return make_order(acme, quantity=2)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def deed(order: Order, ann: User, now: datetime, key: UUID) -> Any:
    mark = plan(order, LIST, now).mark
    return partial(send_links, order.number, LIST, "", key=key, mark=mark, actor=ann, now=now)


def a_double_click(order: Order, ann: User, now: datetime) -> list[Any]:
    click = deed(order, ann, now, uuid4())
    return both_at_once(click, click, about_to_change=License)


def test_a_double_click_is_one_sending(order: Order, ann: User, now: datetime) -> None:
    first, second = a_double_click(order, ann, now)
    assert {mail.pk for mail in first} == {mail.pk for mail in second}
    assert Mail.objects.count() == 2


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_the_second_click_is_an_error(
    order: Order, ann: User, now: datetime
) -> None:
    outcomes = a_double_click(order, ann, now)
    assert {type(outcome) for outcome in outcomes} == {list, IntegrityError}


def two_lists(order: Order, ann: User, now: datetime) -> list[Any]:
    """Let two people send the same licenses, each with a form of their own."""
    deeds = [deed(order, ann, now, uuid4()) for _ in range(2)]
    return both_at_once(*deeds, about_to_change=License)


def test_no_license_goes_to_two_lists(order: Order, ann: User, now: datetime) -> None:
    outcomes = two_lists(order, ann, now)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refusal", "list"]
    assert Mail.objects.count() == 2


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_each_license_goes_twice(
    order: Order, ann: User, now: datetime
) -> None:
    two_lists(order, ann, now)
    assert Mail.objects.count() == 4


def test_a_license_that_is_sent_by_itself_meanwhile_is_confirmed_anew(
    acme: Reseller, ann: User, now: datetime
) -> None:
    order = make_order(acme, quantity=3)
    first = order.licenses.all()[0]
    alone = partial(
        send_link, first.uuid, Recipient("eva@e.example"), "", seen=0, actor=ann, now=now
    )
    outcomes = both_at_once(alone, deed(order, ann, now, uuid4()), about_to_change=License)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds in (["Mail", "PlanChanged"], ["SentMeanwhile", "list"])
    assert Mail.objects.filter(about=str(first.uuid)).count() == 1
