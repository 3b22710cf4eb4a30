"""What is doubtful of a list is judged as it is when it is sent, not when it was checked."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from inspect import unwrap
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from activation.actions import send_link
from activation.sending import Recipient
from mailing.models import Mail
from orders.actions import PlanChanged, send_links
from orders.link_plans import plan
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.orders.test_send_links import check, confirm, lines
from tests.races import after, without_locks

SignIn = Callable[[User], Client]
TO = "nina@nova.example"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def order(acme: Reseller) -> Order:
    return make_order(acme, quantity=25)


def last_to_nina(order: Order, actor: User, now: datetime) -> "partial[Mail]":
    """Return what sends Nina the link of the last license, which no short list comes to."""
    last = order.licenses.order_by("-pk")[0]
    return partial(send_link, last.uuid, Recipient(TO), "", actor=actor, now=now)


@pytest.mark.django_db
def test_who_got_a_link_meanwhile_is_asked_about(
    as_: SignIn, ann: User, alice: User, order: Order, now: datetime
) -> None:
    client = as_(ann)
    page = check(client, order, TO)
    last_to_nina(order, alice, now)()
    again = confirm(client, order, page)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The licenses have changed since you looked." in again.content.decode()
    assert lines(again)[0].startswith("1: A link of this order went there on")
    assert Mail.objects.count() == 1
    settled = check(client, order, TO, twice="on")
    assert confirm(client, order, settled).status_code == HTTPStatus.SEE_OTHER
    assert Mail.objects.count() == 2


@pytest.mark.django_db
def test_what_was_settled_for_one_line_is_asked_for_another(
    as_: SignIn, ann: User, alice: User, order: Order, now: datetime
) -> None:
    client = as_(ann)
    page = check(client, order, f"otto@ohm.example\notto@ohm.example\n{TO}", twice="on")
    last_to_nina(order, alice, now)()
    again = confirm(client, order, page)
    assert [said[:2] for said in lines(again)] == ["2:", "3:"]
    assert Mail.objects.count() == 1


def sent_meanwhile(order: Order, ann: User, alice: User, now: datetime) -> Any:
    """Ann confirms a list while Alice, who came first, sends Nina a link by itself."""
    mark = plan(order, TO, now).mark
    deed = partial(send_links, order.number, TO, "", key=uuid4(), mark=mark, actor=ann, now=now)
    alone = last_to_nina(order, alice, now)
    return after(partial(unwrap(send_link), *alone.args, **alone.keywords), deed)


@pytest.mark.django_db(transaction=True)
def test_it_is_judged_under_the_locks(order: Order, ann: User, alice: User, now: datetime) -> None:
    assert isinstance(sent_meanwhile(order, ann, alice, now), PlanChanged)
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_locks_the_address_gets_two(
    order: Order, ann: User, alice: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(sent_meanwhile(order, ann, alice, now), list)
    assert Mail.objects.count() == 2


@pytest.mark.django_db
def test_a_list_does_not_flood_one_address(as_: SignIn, ann: User, order: Order) -> None:
    client = as_(ann)
    page = check(client, order, f"{TO}\n" * 21, twice="on")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    said = page.content.decode()
    assert "nina@nova.example stands in the list 21 times; at most 20 links go to one" in said
    assert "open the order&#x27;s Download Activation Code" in said
    page = check(client, order, f"{TO}\n" * 20, twice="on")
    assert confirm(client, order, page).status_code == HTTPStatus.SEE_OTHER
    assert "20 went to nina@nova.example" in check(client, order, TO, twice="on").content.decode()
    assert Mail.objects.count() == 20
