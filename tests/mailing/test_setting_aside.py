"""A mail that was given up, as to a dead address, is set aside: nobody is asked any more."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailing.actions import resend, retry, set_aside
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import UserFactory
from tests.mailing.test_log import LIST, make_mail, shown
from tests.races import after, both_at_once, without_locks

As = Callable[[User], Client]


@pytest.fixture
def dead(acme: Reseller) -> Mail:
    return make_mail(acme, key="dead", to="gone@nova.example", state="failed", reason="550")


def failed(client: Client) -> str:
    """Return how many failed mails the home page counts."""
    found = re.search(
        r"Mails that failed in 7 days</a>.*?(\d+)</span>", client.get("/").text, re.DOTALL
    )
    assert found
    return found[1]


def waiting(client: Client) -> str:
    """Return what the start page of staff says is waiting."""
    return client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_alice_sets_it_aside_and_no_counter_shows_it(
    as_: As, alice: User, sam: User, dead: Mail
) -> None:
    client, staff = as_(alice), as_(sam)
    assert failed(client) == "1"
    assert "Mails were given up" in waiting(staff)
    assert "It stays in the log" in client.get(f"{LIST}{dead.pk}/set-aside/").text
    assert client.post(f"{LIST}{dead.pk}/set-aside/").status_code == 303
    dead.refresh_from_db()
    assert (dead.state, dead.reason, dead.set_aside_by) == ("failed", "550", alice)
    assert dead.set_aside_at is not None
    assert shown(client, state="not_sent") == []
    assert shown(client, state="failed") == ["dead"]
    assert failed(client) == "0"
    assert "Mails were given up" not in waiting(staff)
    page = client.get(LIST).text
    assert f"set aside by {alice.name}" in page
    assert f"{dead.pk}/set-aside/" not in page
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.about) == ("mail.set_aside", alice, dead.about)
    assert "Order confirmation to gone@nova.example set aside" in client.get("/activity/").text


@pytest.mark.django_db
def test_sam_sets_it_aside_and_tries_it_again_all_the_same(as_: As, sam: User, dead: Mail) -> None:
    client = as_(sam)
    assert client.post(reverse("admin:mailing_mail_set-aside", args=[dead.pk])).status_code == 302
    dead.refresh_from_db()
    assert dead.set_aside_by == sam
    retry(dead.pk, actor=sam, now=timezone.now())
    dead.refresh_from_db()
    assert dead.state == "queued"
    assert Mail.objects.filter(set_aside_at=None, set_aside_by=None).get() == dead


@pytest.mark.django_db
def test_all_that_staff_try_again_leaves_it_aside(as_: As, sam: User, dead: Mail) -> None:
    set_aside(dead.pk, actor=sam, now=timezone.now())
    page = as_(sam).get("/admin/mailing/mail/retry-all/")
    assert "Nothing was given up." in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["queued", "done", "dropped"])
def test_what_was_not_given_up_is_not_set_aside(
    as_: As, alice: User, acme: Reseller, state: str
) -> None:
    mail = make_mail(acme, state=state)
    assert as_(alice).post(f"{LIST}{mail.pk}/set-aside/").status_code == 422
    with pytest.raises(Refusal, match="Only a failed or stuck mail"):
        set_aside(mail.pk, actor=alice, now=timezone.now())
    with pytest.raises(IntegrityError, match="set_aside_when_given_up"), transaction.atomic():
        Mail.objects.update(set_aside_at=timezone.now(), set_aside_by=alice)


@pytest.mark.django_db
def test_it_is_the_admins_of_its_company(as_: As, ann: User, charlie: User, dead: Mail) -> None:
    for user, status in ((ann, 403), (charlie, 404)):
        assert as_(user).post(f"{LIST}{dead.pk}/set-aside/").status_code == status
    assert not AuditEvent.objects.exists()


DEEDS = [set_aside, retry, resend]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_demoted_meanwhile_does_nothing_about_a_mail(
    alice: User, acme: Reseller, deed: Callable[..., Mail]
) -> None:
    assert isinstance(demoted_first(deed, alice, acme), Refusal)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", DEEDS)
def test_twin_without_the_locks_it_is_done(
    alice: User, acme: Reseller, deed: Callable[..., Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(demoted_first(deed, alice, acme), Mail)


def demoted_first(deed: Callable[..., Mail], alice: User, acme: Reseller) -> Any:
    """Alice presses while a colleague, who came first, makes her an agent."""
    mail = make_mail(acme, state="done" if deed is resend else "failed")

    def demote() -> None:
        Reseller.objects.select_for_update(no_key=True).get(pk=acme.pk)
        User.objects.filter(pk=alice.pk).update(role=Role.AGENT)

    return after(demote, partial(deed, mail.pk, actor=alice, now=timezone.now()))


def both_set_aside(mail: Mail, alice: User) -> int:
    """Let an admin and the vendor's staff press at once; return how many are on record."""
    zoe = UserFactory.create(reseller=None, role="", is_staff=True)
    deeds = [partial(set_aside, mail.pk, actor=who, now=timezone.now()) for who in (alice, zoe)]
    both_at_once(*deeds, about_to_change=Mail)
    return AuditEvent.objects.count()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_aside_at_once_one_did(dead: Mail, alice: User) -> None:
    assert both_set_aside(dead, alice) == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_locks_both_did(
    dead: Mail, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert both_set_aside(dead, alice) == 2
