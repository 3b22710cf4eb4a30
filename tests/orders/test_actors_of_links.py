"""Whoever may not operate any more, between the page and the click, sends and replaces no link."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from activation.actions import send_link
from activation.sending import Recipient
from licenses.actions import replace_code
from licenses.models import License, ReplacedCode
from mailing.models import Mail
from orders.actions import send_links
from orders.link_plans import plan
from orders.models import Order
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import make_order
from tests.races import after, without_locks

Deed = Callable[[User], Any]
LIST = "nina@nova.example"
NAMES = ["send one", "send many", "replace"]


@pytest.fixture
def order(acme: Reseller) -> Order:
    return make_order(acme, quantity=2)


@pytest.fixture
def deeds(order: Order) -> dict[str, Deed]:
    now, license = timezone.now(), order.licenses.all()[0]
    mark = plan(order, LIST, now).mark
    return {
        "send one": lambda actor: send_link(
            license.uuid, Recipient(LIST), "", actor=actor, now=now
        ),
        "send many": lambda actor: send_links(
            order.number, LIST, "", key=uuid4(), mark=mark, actor=actor, now=now
        ),
        "replace": lambda actor: replace_code(license.uuid, actor=actor, now=now),
    }


def everything() -> list[Any]:
    """Return all that the deeds could change."""
    models = (License, ReplacedCode, Mail, AuditEvent)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.django_db
@pytest.mark.parametrize("what", NAMES)
@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_who_may_not_any_more_is_refused_and_nothing_changes(
    deeds: dict[str, Deed], ann: User, what: str, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=ann.pk).update(**change)
    before = everything()
    with pytest.raises(Refusal, match="may not do this any more"):
        deeds[what](ann)
    assert everything() == before


def demoted_first(deed: Deed, ann: User, acme: Reseller) -> Any:
    """Ann presses the button while an admin, who came first, makes her a viewer."""

    def demote() -> None:
        Reseller.objects.select_for_update(no_key=True).get(pk=acme.pk)
        User.objects.filter(pk=ann.pk).update(role=Role.VIEWER)

    return after(demote, lambda: deed(ann))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", NAMES)
def test_who_is_demoted_meanwhile_does_nothing(
    deeds: dict[str, Deed], ann: User, acme: Reseller, what: str
) -> None:
    before = everything()
    assert isinstance(demoted_first(deeds[what], ann, acme), Refusal)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", NAMES)
def test_twin_without_the_locks_it_is_done_all_the_same(
    deeds: dict[str, Deed], ann: User, acme: Reseller, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert not isinstance(demoted_first(deeds[what], ann, acme), Exception)


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_list_says_why_nothing_was_sent(
    as_: Callable[[User], Client], ann: User, acme: Reseller, order: Order
) -> None:
    mark = plan(order, LIST, timezone.now()).mark
    typed = {"addresses": LIST, "step": "send", "key": str(uuid4()), "mark": mark}
    client, url = as_(ann), f"/orders/{order.number}/send-links/"
    page = demoted_first(lambda _ann: client.post(url, typed), ann, acme)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "You may not do this any more." in page.content.decode()
