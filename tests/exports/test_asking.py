"""Asking for an export: one job for one question."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from exports import actions
from exports.actions import as_stored
from exports.kinds import kind_named
from exports.models import Export
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, User
from tests.races import both_at_once, without_locks

Ask = Callable[..., Export]


def test_a_second_click_leads_to_the_same_job(ann: User, ask: Ask) -> None:
    assert ask(ann) == ask(ann)
    assert AuditEvent.objects.filter(verb="export.started").count() == 1


@pytest.mark.parametrize("other", ["date_from=&date_to=&state=processed", ""])
def test_another_question_is_another_job(ann: User, ask: Ask, other: str) -> None:
    assert ask(ann) != ask(ann, query=other)


def test_another_person_and_another_kind_are_other_jobs(ann: User, alice: User, ask: Ask) -> None:
    assert len({ask(ann).pk, ask(alice).pk, ask(ann, "license-keys").pk}) == 3


def test_the_page_of_the_list_does_not_matter(ann: User, ask: Ask) -> None:
    assert ask(ann, query="page=2&date_to=&page_size=50&date_from=&open=1234567890") == ask(ann)


def test_when_the_first_is_done_the_next_click_is_a_new_job(
    ann: User, ask: Ask, written: Ask
) -> None:
    assert written(ann) != ask(ann)


@pytest.mark.parametrize("state", ["failed", "stuck"])
def test_when_the_first_was_given_up_the_next_click_is_a_new_job(
    ann: User, ask: Ask, state: str
) -> None:
    first = ask(ann)
    Export.objects.filter(pk=first.pk).update(state=state)
    assert ask(ann) != first


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_job(ann: User, ask: Ask) -> None:
    first, second = both_at_once(lambda: ask(ann), lambda: ask(ann), about_to_change=Export)
    assert first == second
    assert Export.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_person_the_second_click_would_fail(
    ann: User, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        User.objects, "select_for_update", lambda **_: without_locks(User.objects.all())
    )
    outcomes = both_at_once(lambda: ask(ann), lambda: ask(ann), about_to_change=Export)
    assert [type(outcome) for outcome in outcomes].count(IntegrityError) == 1


def test_the_database_refuses_a_second_unfinished_job(ann: User, ask: Ask) -> None:
    copy = ask(ann)
    copy.pk, copy.uuid = None, "8d7b6b22-9f0f-4f4e-9a64-3f8d2f9e5c11"
    with pytest.raises(IntegrityError, match="export_unfinished_once"), transaction.atomic():
        copy.save(force_insert=True)


def test_a_query_that_the_list_would_refuse_is_refused(ann: User, ask: Ask) -> None:
    with pytest.raises(Refusal):
        ask(ann, query="date_from=2026-02-30")
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "query", ["order_number=%00", "search=" + "x" * 10_000, "a=%ff", "=&&&=", "\x00"]
)
def test_no_query_is_an_error(ann: User, ask: Ask, query: str) -> None:
    with suppress(Refusal):
        assert ask(ann, query=query).state == "queued"


def test_a_company_has_ten_unfinished_exports_at_most(ann: User, alice: User, ask: Ask) -> None:
    for number in range(10):
        ask(ann, query=f"order_number={number:010}")
    with pytest.raises(Refusal, match="10 exports of your company"):
        ask(alice)
    assert ask(ann, query="order_number=0000000003").by == ann


def test_another_companys_exports_do_not_count(ann: User, charlie: User, ask: Ask) -> None:
    for number in range(10):
        ask(ann, query=f"order_number={number:010}")
    assert ask(charlie).reseller == charlie.reseller


def test_staff_have_no_lists_to_export(sam: User) -> None:
    with pytest.raises(Refusal, match="people of a reseller"):
        actions.start(kind_named("orders"), "", user=sam, now=timezone.now())


def test_staff_try_a_stuck_export_again(ann: User, sam: User, ask: Ask) -> None:
    export = ask(ann)
    Export.objects.filter(pk=export.pk).update(state="stuck", attempts=5, reason="No room.")
    again = actions.retry(export.pk, actor=sam, now=timezone.now())
    assert (again.state, again.attempts, again.reason) == ("queued", 0, "")
    assert AuditEvent.objects.get(verb="export.retried").actor == sam


def test_staff_cannot_try_again_what_waits_or_is_asked_for_anew(
    ann: User, sam: User, ask: Ask
) -> None:
    given_up = ask(ann)
    with pytest.raises(Refusal, match="failed or stuck"):
        actions.retry(given_up.pk, actor=sam, now=timezone.now())
    Export.objects.filter(pk=given_up.pk).update(state="failed")
    ask(ann)
    with pytest.raises(Refusal, match="already being written"):
        actions.retry(given_up.pk, actor=sam, now=timezone.now())


def test_a_query_is_stored_in_one_spelling() -> None:
    assert as_stored("b=2&a=%C3%A4&page=7") == as_stored("a=ä&b=2") == "a=%C3%A4&b=2"
