"""Whoever stops being an admin between the page and the click changes nothing any more."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from mailing.actions import choose_audience
from mailing.models import Audience, EmailText, Mail
from mailing.texts.actions import Wish, change_text, reset_text, try_text
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
from tests.mailing.texts import own_text
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
    """Return what an admin does with Acme's people, partners and mails."""
    now = timezone.now()
    text = own_text(acme, "balance_low", "Old", "{balance}")
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
        "choose": lambda actor: choose_audience("balance_low", [Role.VIEWER], [], actor=actor),
        "change text": lambda actor: change_text(
            "balance_low", Wish("New", "{balance}", text.edition), actor=actor, now=now
        ),
        "reset text": lambda actor: reset_text("balance_low", text.edition, actor=actor),
        "try text": lambda actor: try_text("balance_low", "S", "B", actor=actor, now=now),
    }


NAMES = ["invite", "again", "withdraw", "add", "rename", "retire", "bring back"]
MAILS = ["choose", "change text", "reset text", "try text"]


def everything() -> list[Any]:
    """Return all that the deeds could change."""
    models = (Invitation, DistributionCompany, Audience, EmailText, Mail, AuditEvent)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("what", NAMES + MAILS)
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


def demoted_first(deed: Deed, alice: User, acme: Reseller) -> Any:
    """Alice does it while a colleague, who came first, makes her an agent."""

    def demote() -> None:
        Reseller.objects.select_for_update(no_key=True).get(pk=acme.pk)
        User.objects.filter(pk=alice.pk).update(role=Role.AGENT)

    return after(demote, partial(deed, alice))


@pytest.mark.django_db(transaction=True)
def test_who_is_demoted_meanwhile_invites_nobody(alice: User, acme: Reseller) -> None:
    assert isinstance(demoted_first(partial(invite, to=acme), alice, acme), Refusal)
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_locks_the_invitation_goes_out(
    alice: User, acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(demoted_first(partial(invite, to=acme), alice, acme), Invitation)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", MAILS)
def test_who_is_demoted_meanwhile_changes_no_mail(
    deeds: dict[str, Deed], alice: User, acme: Reseller, what: str
) -> None:
    before = everything()
    assert isinstance(demoted_first(deeds[what], alice, acme), Refusal)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", MAILS)
def test_twin_without_the_locks_the_mails_are_changed(
    deeds: dict[str, Deed], alice: User, acme: Reseller, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert not isinstance(demoted_first(deeds[what], alice, acme), Exception)
