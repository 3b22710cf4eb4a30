"""Two admins at once: one of them stays."""

from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet

from people.actions import change_role, disable_user
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.factories import UserFactory
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adam(acme: Reseller) -> User:
    """Another admin at Acme."""
    return UserFactory.create(name="Adam", reseller=acme, role=Role.ADMIN)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def admins(acme: Reseller) -> int:
    return acme.users.filter(role=Role.ADMIN, is_active=True).count()


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def demote_each_other(alice: User, adam: User) -> list[Any]:
    return both_at_once(
        partial(change_role, adam.pk, "agent", actor=alice),
        partial(change_role, alice.pk, "agent", actor=adam),
        about_to_change=User,
    )


def test_two_who_demote_each_other_leave_one(acme: Reseller, alice: User, adam: User) -> None:
    assert kinds(demote_each_other(alice, adam)) == ["Refusal", "User"]
    assert admins(acme) == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_nobody_is_left(acme: Reseller, alice: User, adam: User) -> None:
    assert kinds(demote_each_other(alice, adam)) == ["User", "User"]
    assert admins(acme) == 0


def test_two_who_demote_themselves_leave_one(acme: Reseller, alice: User, adam: User) -> None:
    deeds = [partial(change_role, one.pk, "viewer", actor=one) for one in (alice, adam)]
    assert kinds(both_at_once(*deeds, about_to_change=User)) == ["Refusal", "User"]
    assert admins(acme) == 1


def test_two_who_disable_each_other_leave_one(acme: Reseller, alice: User, adam: User) -> None:
    outcomes = both_at_once(
        partial(disable_user, adam.pk, actor=alice),
        partial(disable_user, alice.pk, actor=adam),
        about_to_change=User,
    )
    assert kinds(outcomes) == ["Refusal", "User"]
    assert admins(acme) == 1
