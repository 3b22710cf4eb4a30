"""Two admins who save a text at once: the second is told."""

from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from mailing.models import EmailText, Mail
from mailing.texts import actions
from mailing.texts.actions import Wish, change_text, try_text
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import UserFactory
from tests.mailing.texts import own_text
from tests.people.test_users_races import kinds
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adam(acme: Reseller) -> User:
    return UserFactory.create(name="Adam", reseller=acme, role=Role.ADMIN)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def both_save(*people: User, seen: Any) -> list[Any]:
    now = timezone.now()
    deeds = [
        partial(change_text, "balance_low", Wish(one.name, "{balance}", seen), actor=one, now=now)
        for one in people
    ]
    return both_at_once(*deeds, about_to_change=EmailText)


def test_of_two_who_save_at_once_one_is_told(acme: Reseller, alice: User, adam: User) -> None:
    seen = own_text(acme, "balance_low", "Old", "{balance}").edition
    assert kinds(both_save(alice, adam, seen=seen)) == ["ChangedMeanwhileError", "EmailText"]
    assert AuditEvent.objects.count() == 1


def test_of_two_who_write_the_first_at_once_one_is_told(alice: User, adam: User) -> None:
    assert kinds(both_save(alice, adam, seen=None)) == ["ChangedMeanwhileError", "EmailText"]


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_one_of_them_is_lost(acme: Reseller, alice: User, adam: User) -> None:
    seen = own_text(acme, "balance_low", "Old", "{balance}").edition
    assert kinds(both_save(alice, adam, seen=seen)) == ["EmailText", "EmailText"]
    assert EmailText.objects.count() == 1


def test_two_clicks_do_not_pass_the_limit_of_test_mails(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRIES", 1)
    deed = partial(try_text, "balance_low", "S", "{balance}", actor=alice, now=timezone.now())
    assert kinds(both_at_once(deed, deed, about_to_change=Mail)) == ["Mail", "Refusal"]
