"""A bulk change is asked for twice at once, or by who may not do it any more by then."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from licenses.models import BulkChange, BulkVerb, License
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import make_entry
from tests.licenses.bulk import address, form_of
from tests.licenses.renewing import make_guard, make_renewing
from tests.races import after, all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]
OVER = "You may not do this any more"


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """Three that end without renewal, and money for them."""
    make_entry(acme, "1000.00")
    guard = make_guard()
    return [make_renewing(acme, guard, days, recurrent=False) for days in (9, 10, 11)]


def test_a_double_click_is_one_job(as_: As, ann: User, licenses: list[License]) -> None:
    url = address(*licenses, do=BulkVerb.RENEW)
    seen = form_of(as_(ann), url)
    found = all_at_once(*[partial(as_(ann).post, url, seen)] * 2)
    assert len({answer.url for answer in found}) == 1
    assert BulkChange.objects.count() == 1
    assert AuditEvent.objects.filter(verb="bulkchange.started").count() == 1


def test_twin_without_the_lock_on_the_company_the_second_click_is_an_error(
    as_: As, ann: User, licenses: list[License], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(*licenses, do=BulkVerb.RENEW)
    seen = form_of(as_(ann), url)
    clients = [as_(ann), as_(ann)]
    for client in clients:
        client.raise_request_exception = False
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    found = both_at_once(
        *(partial(client.post, url, seen) for client in clients), about_to_change=BulkChange
    )
    assert sorted(answer.status_code for answer in found) == [303, 500]


@pytest.fixture
def two_colleagues(
    as_: As, ann: User, alice: User, licenses: list[License], settings: Any
) -> Callable[[], list[int]]:
    """Let two colleagues confirm where only one more job may be under way."""
    settings.BULK_CHANGES_AT_ONCE = 1
    url = address(*licenses, do=BulkVerb.RENEW)
    deeds = [partial(client.post, url, form_of(client, url)) for client in (as_(ann), as_(alice))]

    def confirm() -> list[int]:
        found = both_at_once(*deeds, about_to_change=BulkChange)
        return sorted(answer.status_code for answer in found)

    return confirm


def test_two_colleagues_at_once_start_no_more_than_there_may_be(
    two_colleagues: Callable[[], list[int]],
) -> None:
    assert two_colleagues() == [303, 422]
    assert BulkChange.objects.count() == 1


def test_twin_without_the_lock_on_the_company_both_would(
    two_colleagues: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert two_colleagues() == [303, 303]
    assert BulkChange.objects.count() == 2


def demoted_first(client: Client, ann: User, licenses: list[License]) -> Any:
    """Ann confirms while a colleague, who came first, makes her a viewer."""
    acme = licenses[0].reseller
    url = address(*licenses, do=BulkVerb.RENEW)
    seen = form_of(client, url)

    def demote() -> None:
        Reseller.objects.select_for_update(no_key=True).get(pk=acme.pk)
        User.objects.filter(pk=ann.pk).update(role=Role.VIEWER)

    return after(demote, partial(client.post, url, seen))


def test_who_is_demoted_meanwhile_starts_none(as_: As, ann: User, licenses: list[License]) -> None:
    answer = demoted_first(as_(ann), ann, licenses)
    assert (answer.status_code, OVER in answer.text) == (422, True)
    assert not BulkChange.objects.exists()


def test_twin_without_the_lock_it_would_be_started(
    as_: As, ann: User, licenses: list[License], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert demoted_first(as_(ann), ann, licenses).status_code == 303
    assert BulkChange.objects.count() == 1
