"""What Sam does with companies, people and invitations; everything is on record with his name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Account
from mailing.models import Mail
from people.actions import invite_person
from people.models import Invitation
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import PASSWORD

As = Callable[[User], Client]
INITECH = {
    "name": "Initech",
    "currency": "USD",
    "time_zone": "America/Chicago",
    "admin_name": "Ida Initech",
    "admin_email": "ida@initech.example",
}


def button(name: str, obj: Any = None) -> str:
    """Return the address of a button."""
    return reverse(f"admin:{name}", args=[obj.pk] if obj else [])


def invitation_of(acme: Reseller, sam: User) -> Invitation:
    """Invite Ida to Acme."""
    values = (acme.pk, "ida@acme.example", "Ida", Role.AGENT)
    return invite_person(*values, actor=sam, now=timezone.now())


def last_event() -> tuple[str, User | None]:
    """Return what was recorded last, and by whom."""
    event = AuditEvent.objects.latest("pk")
    return event.verb, event.actor


@pytest.mark.django_db(transaction=True)
def test_sam_opens_a_reseller_and_its_first_admin_is_invited(as_: As, sam: User) -> None:
    client, path = as_(sam), button("resellers_reseller_open")
    assert path in client.get(reverse("admin:resellers_reseller_changelist")).content.decode()
    assert client.get(path).status_code == 200
    answer = client.post(path, INITECH, follow=True)
    reseller = Reseller.objects.get(name="Initech")
    assert answer.request["PATH_INFO"].endswith(f"/{reseller.pk}/change/")
    assert "Ida Initech is invited by mail" in answer.content.decode()
    assert Mail.objects.get().to == "ida@initech.example"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Acme"}, "of this name exists"),
        ({"admin_email": "alice@acme.example"}, "has an account already"),
        ({"admin_email": "x"}, "whole e-mail"),
        ({"currency": "XXX"}, "Choose one of the list"),
        ({"time_zone": "Mars"}, "Choose one of the list"),
        ({"name": "\0"}, "Type this anew"),
        ({"name": "x" * 201}, "at most 200"),
        ({"name": "", "admin_name": ""}, "Fill this in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_opened(
    as_: As, sam: User, alice: User, changes: dict[str, str], sentence: str
) -> None:
    answer = as_(sam).post(button("resellers_reseller_open"), {**INITECH, **changes})
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert 'value="Ida Initech"' in page or "admin_name" in changes
    assert Reseller.objects.count() == 1


def test_sam_invites_another_person(as_: As, sam: User, acme: Reseller) -> None:
    path = button("resellers_reseller_invite", acme)
    values = {"name": "Ida", "email": "IDA@acme.example", "role": "agent"}
    as_(sam).post(path, values)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (
        "ida@acme.example",
        "agent",
        sam,
    )
    assert "invited already" in as_(sam).post(path, values).content.decode()


def test_sam_invites_again_and_withdraws(as_: As, sam: User, acme: Reseller) -> None:
    invitation, client = invitation_of(acme, sam), as_(sam)
    client.post(button("people_invitation_again", invitation))
    assert (Mail.objects.count(), last_event()) == (2, ("invitation.sent_again", sam))
    client.post(button("people_invitation_withdraw", invitation))
    assert last_event() == ("invitation.withdrawn", sam)
    refused = client.post(button("people_invitation_again", invitation))
    assert (refused.status_code, b"was withdrawn" in refused.content) == (422, True)


def test_the_invitations_are_filtered_by_what_became_of_them(
    as_: As, sam: User, acme: Reseller
) -> None:
    invitation_of(acme, sam)
    path = reverse("admin:people_invitation_changelist")
    for state, count in (("open", 1), ("expired", 0), ("accepted", 0), ("withdrawn", 0)):
        page = as_(sam).get(path, {"state": state})
        assert page.context["cl"].result_count == count


def test_sam_disables_alice_who_is_out_at_once_and_enables_her_again(
    as_: As, sam: User, alice: User
) -> None:
    hers, his = as_(alice), as_(sam)
    his.post(button("resellers_user_disable", alice))
    assert last_event() == ("user.disabled", sam)
    assert hers.get("/accounts/password/change/").status_code == 302
    his.post(button("resellers_user_enable", alice))
    assert last_event() == ("user.enabled", sam)
    values = {"login": alice.email, "password": PASSWORD}
    assert Client().post("/accounts/login/", values).status_code == 302


def test_nobody_disables_themselves(as_: As, sam: User) -> None:
    page = as_(sam).post(button("resellers_user_disable", sam))
    assert (page.status_code, b"You cannot disable yourself" in page.content) == (422, True)
    sam.refresh_from_db()
    assert sam.is_active


def test_sam_sends_a_password_reset(as_: As, sam: User, alice: User) -> None:
    as_(sam).post(button("resellers_user_send-reset", alice))
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.actor) == ("password_reset", alice.email, sam)
    assert last_event() == ("user.password_reset_sent", sam)


def test_a_disabled_person_gets_no_reset(as_: As, sam: User, alice: User) -> None:
    as_(sam).post(button("resellers_user_disable", alice))
    path = button("resellers_user_send-reset", alice)
    assert b"Enable them first" in as_(sam).get(path).content
    assert as_(sam).post(path).status_code == 422
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("resellers_user_disable", "resellers_user_enable", "resellers_user_send-reset"),
        "resellers_user_remove-second-factor",
    ],
)
def test_looking_at_a_button_changes_nothing_and_pressing_needs_a_token(
    as_: As, sam: User, alice: User, name: str
) -> None:
    before = AuditEvent.objects.count()
    assert as_(sam).get(button(name, alice)).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sam)
    assert strict.post(button(name, alice)).status_code == 403
    assert as_(sam).put(button(name, alice)).status_code == 405
    assert AuditEvent.objects.count() == before
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.django_db(transaction=True)
def test_a_button_acts_outside_of_the_admin_sites_transactions(
    as_: As, sam: User, alice: User
) -> None:
    assert not connection.in_atomic_block
    assert as_(sam).post(button("resellers_user_disable", alice)).status_code == 302


def test_a_reseller_is_renamed_by_hand_and_the_record_says_by_whom(
    as_: As, sam: User, acme: Reseller
) -> None:
    path = reverse("admin:resellers_reseller_change", args=[acme.pk])
    values = {"name": "Acme Ltd", "time_zone": "Europe/London", "currency": "USD", "tax_rate": "0"}
    as_(sam).post(path, values)
    acme.refresh_from_db()
    assert (acme.name, acme.time_zone, acme.currency) == ("Acme Ltd", "Europe/London", "EUR")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.reseller) == ("reseller.changed", sam, acme)
    assert event.changes == {"fields": ["Name", "Time zone"]}


def test_the_history_of_a_page_is_the_record_of_who_did_what(
    as_: As, sam: User, alice: User
) -> None:
    as_(sam).post(button("resellers_user_disable", alice))
    path = reverse("admin:resellers_user_history", args=[alice.pk])
    page = as_(sam).get(path, follow=True)
    assert [event.verb for event in page.context["cl"].result_list] == ["user.disabled"]


def test_a_page_whose_hidden_key_is_wrong_says_so(as_: As, sam: User, acme: Reseller) -> None:
    path = button("billing_account_adjust", Account.objects.get(reseller=acme))
    answer = as_(sam).post(path, {"amount": "1", "reason": "Goodwill", "key": "wrong"})
    assert answer.status_code == 422
    assert "go back, and begin again" in answer.text
