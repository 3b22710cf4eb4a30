"""Letting people in and out: what the actions themselves refuse, whoever asks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from people.actions import (
    CompanySettings,
    change_company,
    change_role,
    disable_user,
    enable_user,
    end_device,
    end_other_devices,
    end_sessions_of,
    remove_second_factor,
)
from people.models import Device
from reseller_portal.refusals import Refusal
from resellers.actions import retire_distribution_company
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.roles import Role
from tests.factories import DistributionCompanyFactory, UserFactory
from tests.people.test_sessions import browser_of, is_signed_in
from tests.races import after, both_at_once, without_locks

DEEDS = [
    partial(change_role, role="viewer"),
    disable_user,
    enable_user,
    end_sessions_of,
    partial(remove_second_factor, now=timezone.now()),
]


def wish(acme: Reseller, **changes: Any) -> CompanySettings:
    usual = {
        "name": acme.name,
        "address": "",
        "tax_number": "",
        "time_zone": acme.time_zone,
        "default_term_months": None,
        "default_payment_type": "",
        "distribution_company": None,
    }
    return CompanySettings(**{**usual, **changes})


def enroll(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})


def test_who_is_out_or_in_already_is_refused(alice: User, bob: User) -> None:
    with pytest.raises(Refusal, match="may sign in already"):
        enable_user(bob.pk, actor=alice)
    disable_user(bob.pk, actor=alice)
    with pytest.raises(Refusal, match="disabled already"):
        disable_user(bob.pk, actor=alice)
    assert AuditEvent.objects.count() == 1


def test_nobody_acts_on_their_own_way_in(alice: User) -> None:
    enroll(alice)
    with pytest.raises(Refusal, match="cannot disable yourself"):
        disable_user(alice.pk, actor=alice)
    with pytest.raises(Refusal, match="your own second factor"):
        remove_second_factor(alice.pk, actor=alice, now=timezone.now())
    assert Authenticator.objects.exists()


def test_a_removed_second_factor_ends_every_session(alice: User, bob: User) -> None:
    his = browser_of(bob)
    enroll(bob)
    remove_second_factor(bob.pk, actor=alice, now=timezone.now())
    assert not is_signed_in(his)


@pytest.mark.parametrize("deed", [end_sessions_of, disable_user])
def test_a_session_that_was_never_noted_ends_too(
    as_: Callable[[User], Client], alice: User, bob: User, deed: Callable[..., User]
) -> None:
    his = as_(bob)
    assert is_signed_in(his)
    deed(bob.pk, actor=alice)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert not is_signed_in(his)


def test_the_same_role_once_more_is_no_deed(alice: User) -> None:
    assert change_role(alice.pk, "admin", actor=alice) == alice
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("deed", DEEDS)
def test_a_stranger_is_like_nobody(alice: User, charlie: User, deed: Callable[..., User]) -> None:
    with pytest.raises(User.DoesNotExist):
        deed(charlie.pk, actor=alice)


@pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"is_active": False}])
@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_no_admin_any_more_changes_nobody(
    alice: User, bob: User, deed: Callable[..., User], change: dict[str, Any]
) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    with pytest.raises(Refusal, match="no admin any more"):
        deed(bob.pk, actor=alice)


def test_who_is_no_admin_any_more_changes_no_company(acme: Reseller, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(role=Role.AGENT)
    with pytest.raises(Refusal, match="no admin any more"):
        change_company(wish(acme, name="Other"), actor=alice)


def test_admins_of_other_companies_do_not_count(alice: User, charlie: User) -> None:
    with pytest.raises(Refusal, match="last active admin"):
        change_role(alice.pk, "agent", actor=alice)


def test_one_who_is_disabled_may_stop_being_an_admin(sam: User, acme: Reseller) -> None:
    gone = UserFactory.create(reseller=acme, role=Role.ADMIN, is_active=False)
    assert change_role(gone.pk, "agent", actor=sam).role == Role.AGENT


def test_the_session_of_a_colleague_is_like_none(bob: User, ann: User) -> None:
    hers = browser_of(ann)
    with pytest.raises(Device.DoesNotExist):
        end_device(Device.objects.get().pk, actor=bob)
    assert is_signed_in(hers)


def test_a_retired_company_cannot_be_the_default(acme: Reseller, alice: User) -> None:
    delta = DistributionCompanyFactory.create(reseller=acme)
    retire_distribution_company(delta.pk, actor=alice, now=timezone.now())
    with pytest.raises(Refusal, match="no longer in use"):
        change_company(wish(acme, distribution_company=delta), actor=alice)


def test_the_default_of_another_company_stays(
    acme: Reseller, globex: Reseller, alice: User
) -> None:
    DistributionCompanyFactory.create(reseller=globex, is_default=True)
    mine = DistributionCompanyFactory.create(reseller=acme)
    change_company(wish(acme, distribution_company=mine), actor=alice)
    assert DistributionCompany.objects.filter(is_default=True).count() == 2


def signed_out_by_two(bob: User, sam: User) -> int:
    deed = partial(end_sessions_of, bob.pk, actor=sam)
    before = bob.session_epoch
    both_at_once(deed, deed, about_to_change=User)
    bob.refresh_from_db()
    return bob.session_epoch - before


def signed_out_by_both(bob: User, alice: User) -> int:
    before = bob.session_epoch
    both_at_once(
        partial(end_other_devices, "a-key", actor=bob),
        partial(end_sessions_of, bob.pk, actor=alice),
        about_to_change=User,
    )
    bob.refresh_from_db()
    return bob.session_epoch - before


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Two who sign one person out at once, and two companies that want one name."""

    def test_each_who_signs_somebody_out_counts(self, bob: User, sam: User) -> None:
        assert signed_out_by_two(bob, sam) == 2

    def test_twin_without_the_lock_one_of_them_is_lost(
        self, bob: User, sam: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
        assert signed_out_by_two(bob, sam) == 1

    def test_who_signs_out_elsewhere_undoes_no_admins_sign_out(
        self, bob: User, alice: User
    ) -> None:
        assert signed_out_by_both(bob, alice) == 2

    def test_twin_without_the_locks_it_undoes_it(
        self, bob: User, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
        assert signed_out_by_both(bob, alice) == 1

    def take(self, acme: Reseller, globex: Reseller, alice: User) -> Any:
        rename = partial(Reseller.objects.filter(pk=globex.pk).update, name="Initech")
        return after(rename, partial(change_company, wish(acme, name="Initech"), actor=alice))

    def test_the_second_is_refused(self, acme: Reseller, globex: Reseller, alice: User) -> None:
        outcome = self.take(acme, globex, alice)
        assert isinstance(outcome, Refusal)
        assert outcome.field == "name"

    def test_twin_without_the_savepoint_it_is_an_error(
        self, acme: Reseller, globex: Reseller, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("people.actions.company.IntegrityError", ZeroDivisionError)
        assert isinstance(self.take(acme, globex, alice), IntegrityError)
