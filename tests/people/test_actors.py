"""Whoever stops being an admin between the page and the click changes nothing any more."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from mailing.models import Mail
from people.actions import invite_again, invite_person, withdraw_invitation
from people.models import Invitation
from reseller_portal.refusals import Refusal
from resellers.actions import (
    add_distribution_company,
    bring_back_distribution_company,
    rename_distribution_company,
    retire_distribution_company,
)
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.roles import Role
from tests.factories import DistributionCompanyFactory
from tests.races import after, without_locks

pytestmark = pytest.mark.django_db

Deed = Callable[[User], Any]


def invite(actor: User, *, to: Reseller) -> Invitation:
    values = (to.pk, "ida@acme.example", "Ida", Role.AGENT)
    return invite_person(*values, actor=actor, now=timezone.now())


@pytest.fixture
def ida(acme: Reseller, alice: User) -> Invitation:
    """Ida's invitation to Acme."""
    return invite(alice, to=acme)


@pytest.fixture
def delta(acme: Reseller) -> DistributionCompany:
    return DistributionCompanyFactory.create(reseller=acme, name="Delta", is_default=True)


@pytest.fixture
def deeds(acme: Reseller, ida: Invitation, delta: DistributionCompany) -> dict[str, Deed]:
    """Return what an admin does with Acme's people and partners."""
    now = timezone.now()
    gone = DistributionCompanyFactory.create(reseller=acme, name="Gone", retired_at=now)
    return {
        "invite": lambda actor: invite_person(
            acme.pk, "eve@acme.example", "Eve", Role.ADMIN, actor=actor, now=now
        ),
        "again": lambda actor: invite_again(ida.pk, actor=actor, now=now),
        "withdraw": lambda actor: withdraw_invitation(ida.pk, actor=actor, now=now),
        "add": lambda actor: add_distribution_company("Echo", actor=actor),
        "rename": lambda actor: rename_distribution_company(delta.pk, "Echo", actor=actor),
        "retire": lambda actor: retire_distribution_company(delta.pk, actor=actor, now=now),
        "bring back": lambda actor: bring_back_distribution_company(gone.pk, actor=actor),
    }


NAMES = ["invite", "again", "withdraw", "add", "rename", "retire", "bring back"]


def everything() -> list[Any]:
    """Return all that the deeds could change."""
    models = (Invitation, DistributionCompany, Mail, AuditEvent)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("what", NAMES)
@pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"is_active": False}])
def test_an_admin_no_more_is_refused_and_nothing_changes(
    deeds: dict[str, Deed], alice: User, what: str, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    before = everything()
    with pytest.raises(Refusal, match="no admin any more"):
        deeds[what](alice)
    assert everything() == before


@pytest.mark.parametrize("what", NAMES[:3])
def test_of_another_company_there_is_nobody_to_invite(
    deeds: dict[str, Deed], charlie: User, what: str
) -> None:
    before = everything()
    with pytest.raises((Reseller.DoesNotExist, Invitation.DoesNotExist)):
        deeds[what](charlie)
    assert everything() == before


@pytest.mark.parametrize("what", NAMES[:3])
def test_the_vendors_staff_do_it_for_any_company(
    deeds: dict[str, Deed], sam: User, what: str
) -> None:
    assert deeds[what](sam).reseller.name == "Acme"


def demoted_first(alice: User, acme: Reseller) -> Any:
    """Alice invites while a colleague, who came first, makes her an agent."""

    def demote() -> None:
        Reseller.objects.select_for_update(no_key=True).get(pk=acme.pk)
        User.objects.filter(pk=alice.pk).update(role=Role.AGENT)

    return after(demote, partial(invite, alice, to=acme))


@pytest.mark.django_db(transaction=True)
def test_who_is_demoted_meanwhile_invites_nobody(alice: User, acme: Reseller) -> None:
    assert isinstance(demoted_first(alice, acme), Refusal)
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_locks_the_invitation_goes_out(
    alice: User, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(demoted_first(alice, acme), Invitation)
