"""Distribution companies: added, renamed, retired and brought back by an admin, never deleted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reseller_portal.refusals import Refusal
from resellers.actions import (
    add_distribution_company,
    bring_back_distribution_company,
    rename_distribution_company,
    retire_distribution_company,
)
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from tests.factories import DistributionCompanyFactory, make_order
from tests.races import both_at_once

As = Callable[[User], Client]
LIST = "/settings/distribution-companies/"


@pytest.fixture
def delta(acme: Reseller) -> DistributionCompany:
    return DistributionCompanyFactory.create(reseller=acme, name="Delta")


def names(page: Any) -> list[tuple[str, int]]:
    return [(row.company.name, row.orders) for row in page.context["rows"]]


def test_the_list_says_how_many_orders_name_each(
    as_: As, alice: User, acme: Reseller, delta: DistributionCompany, globex: Reseller
) -> None:
    DistributionCompanyFactory.create(reseller=acme, name="Alpha")
    DistributionCompanyFactory.create(reseller=globex, name="Theirs")
    for _ in range(2):
        make_order(acme, distribution_company=delta)
    page = as_(alice).get(LIST)
    assert names(page) == [("Alpha", 0), ("Delta", 2)]
    assert f"/orders/?distribution_company={delta.pk}" in page.text
    assert "Theirs" not in page.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"search": "lph"}, ["Alpha"]), ({"state": "retired"}, ["Old"]), ({"state": ""}, None)],
)
def test_filters_narrow_the_list(
    as_: As, alice: User, acme: Reseller, query: dict[str, str], expected: list[str] | None
) -> None:
    DistributionCompanyFactory.create(reseller=acme, name="Alpha")
    DistributionCompanyFactory.create(reseller=acme, name="Old", retired_at=timezone.now())
    page = as_(alice).get(LIST, query)
    assert [name for name, _ in names(page)] == (expected or ["Alpha", "Old"])


def test_a_wrong_filter_is_told_at_its_field(as_: As, alice: User) -> None:
    page = as_(alice).get(LIST, {"state": "x"})
    assert (page.status_code, "state" in page.context["form"].errors) == (200, True)


def test_alice_adds_renames_retires_and_brings_one_back(as_: As, alice: User) -> None:
    client = as_(alice)
    assert client.post(f"{LIST}add/", {"name": "  Delta \t Echo "}).status_code == 303
    company = DistributionCompany.objects.get()
    client.post(f"{LIST}{company.pk}/rename/", {"name": "Foxtrot"})
    client.post(f"{LIST}{company.pk}/retire/")
    assert not DistributionCompany.objects.in_use().exists()
    client.post(f"{LIST}{company.pk}/bring-back/")
    assert DistributionCompany.objects.in_use().get().name == "Foxtrot"
    events = AuditEvent.objects.order_by("pk").values_list("verb", "actor", "changes")
    assert [(verb.partition(".")[2], actor) for verb, actor, _ in events] == [
        (word, alice.pk) for word in ("added", "renamed", "retired", "brought_back")
    ]
    assert events[1][2] == {"was": "Delta Echo", "name": "Foxtrot"}


@pytest.mark.parametrize("name", ["delta", "DELTA", " Delta  "])
def test_a_name_is_there_once_without_regard_to_case(
    as_: As, alice: User, delta: DistributionCompany, name: str
) -> None:
    page = as_(alice).post(f"{LIST}add/", {"name": name})
    assert (page.status_code, "of this name already" in page.text) == (422, True)
    assert "name" in page.context["form"].errors
    assert DistributionCompany.objects.count() == 1


def test_its_own_name_in_other_letters_is_no_other_name(
    as_: As, alice: User, delta: DistributionCompany
) -> None:
    assert as_(alice).post(f"{LIST}{delta.pk}/rename/", {"name": "DELTA"}).status_code == 303


def test_another_company_may_have_the_name(
    as_: As, charlie: User, delta: DistributionCompany
) -> None:
    assert as_(charlie).post(f"{LIST}add/", {"name": "Delta"}).status_code == 303


def test_a_retired_one_is_not_picked_any_more_and_stays_on_its_orders(
    as_: As, alice: User, acme: Reseller, delta: DistributionCompany
) -> None:
    order = make_order(acme, distribution_company=delta)
    as_(alice).post(f"{LIST}{delta.pk}/retire/")
    assert "Delta" not in as_(alice).get("/orders/buy/").text
    assert "Delta" in as_(alice).get(f"/orders/{order.number}/").text


def test_a_strangers_is_like_none(charlie: User, delta: DistributionCompany) -> None:
    deeds: list[Callable[..., DistributionCompany]] = [
        partial(rename_distribution_company, name="Echo"),
        partial(retire_distribution_company, now=timezone.now()),
        bring_back_distribution_company,
    ]
    for deed in deeds:
        with pytest.raises(DistributionCompany.DoesNotExist):
            deed(delta.pk, actor=charlie)


def test_what_is_so_already_is_not_done_again(alice: User, delta: DistributionCompany) -> None:
    bring_back_distribution_company(delta.pk, actor=alice)
    rename_distribution_company(delta.pk, "Delta", actor=alice)
    for _ in range(2):
        retire_distribution_company(delta.pk, actor=alice, now=timezone.now())
    assert [event.verb for event in AuditEvent.objects.all()] == ["distribution_company.retired"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\0b"])
def test_a_bad_name_is_refused_and_kept(as_: As, alice: User, name: str) -> None:
    assert as_(alice).post(f"{LIST}add/", {"name": name}).status_code == 422
    assert not DistributionCompany.objects.exists()


def test_in_the_dialog_the_page_is_told_to_load_anew(as_: As, alice: User) -> None:
    answer = as_(alice).post(f"{LIST}add/", {"name": "Delta"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == LIST


def test_the_list_asks_as_much_for_many_as_for_few(as_: As, alice: User, acme: Reseller) -> None:
    client = as_(alice)
    counts = []
    for _ in range(2):
        company = DistributionCompanyFactory.create(reseller=acme)
        make_order(acme, distribution_company=company)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"page_size": "100"})
        counts.append(len(queries))
        DistributionCompanyFactory.create_batch(60, reseller=acme)
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_one_name_at_once_the_second_is_told(alice: User) -> None:
    deed = partial(add_distribution_company, "Delta", actor=alice)
    outcomes = both_at_once(deed, deed, about_to_change=DistributionCompany)
    assert sorted(type(one).__name__ for one in outcomes) == ["DistributionCompany", "Refusal"]


@pytest.mark.django_db(transaction=True)
def test_twin_without_looking_first_the_database_still_stops_the_second(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "exists", lambda rows: rows.model is User)
    add_distribution_company("Delta", actor=alice)
    with pytest.raises(Refusal):
        add_distribution_company("delta", actor=alice)
