"""From a new reseller to its first admin's first page."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from mailing.delivery import write
from mailing.models import Mail
from people.actions import (
    accept_invitation,
    invite_again,
    invite_person,
    open_reseller,
    withdraw_invitation,
)
from people.models import Invitation, InvitationState
from reseller_portal.refusals import Refusal
from reseller_portal.running import PermanentError
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role

NEW = "a-quite-new-password"


def open_initech(sam: User, **changes: str) -> Invitation:
    """Open Initech and return the invitation of Ida, its first admin."""
    values = {
        "name": "Initech",
        "currency": "USD",
        "time_zone": "America/Chicago",
        "admin_name": "Ida Initech",
        "admin_email": "Ida@Initech.example",
    }
    reseller = open_reseller(**{**values, **changes}, actor=sam, now=timezone.now())
    return Invitation.objects.get(reseller=reseller)


def link_of(invitation: Invitation) -> str:
    """Return the path of the link in the last mail of an invitation."""
    text = write(Mail.objects.filter(kind="invitation").latest("pk")).text
    found = re.search(r"http://127\.0\.0\.1:8000(/accounts/invitation/\S+)", text)
    assert found
    return found[1]


def accept(client: Client, link: str, password: str = NEW, name: str = "Ida I.") -> int:
    """Fill the page in and return the status."""
    fields = {"name": name, "password1": password, "password2": password}
    return client.post(link, fields).status_code


def test_ida_opens_her_mail_chooses_a_password_and_is_in(client: Client, sam: User) -> None:
    link = link_of(open_initech(sam))
    page = client.get(link).content.decode()
    assert "Initech" in page
    assert "ida@initech.example" in page
    answer = client.post(link, {"name": "Ida I.", "password1": NEW, "password2": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    ida = User.objects.get(email="ida@initech.example")
    assert (ida.name, ida.role, ida.is_staff) == ("Ida I.", Role.ADMIN, False)
    assert ida.reseller == Reseller.objects.get(name="Initech")
    assert client.get("/accounts/password/change/").status_code == 200


def test_reseller_invitation_mail_and_record_come_together(sam: User) -> None:
    invitation = open_initech(sam)
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.reseller) == (
        "invitation",
        "ida@initech.example",
        invitation.reseller,
    )
    verbs = AuditEvent.objects.filter(reseller=invitation.reseller, actor=sam).values_list("verb")
    assert {verb for (verb,) in verbs} == {"reseller.opened", "invitation.sent"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": "acme"}, "name"), ({"admin_email": "Alice@acme.example"}, "email")],
)
def test_a_name_or_an_address_that_is_taken_opens_nothing(
    sam: User, alice: User, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        open_initech(sam, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize("changes", [{"currency": "XXX"}, {"time_zone": "Mars/Base"}, {"name": ""}])
def test_an_unknown_currency_or_zone_opens_nothing(sam: User, changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        open_initech(sam, **changes)


@pytest.mark.django_db(transaction=True)
def test_a_refused_invitation_leaves_no_reseller_behind(sam: User, alice: User) -> None:
    with pytest.raises(Refusal):
        open_initech(sam, admin_email=alice.email)
    assert not Reseller.objects.filter(name="Initech").exists()
    assert not AuditEvent.objects.filter(verb="reseller.opened").exists()


def test_a_link_works_once(client: Client, sam: User) -> None:
    link = link_of(open_initech(sam))
    accept(client, link)
    assert Client().get(link).status_code == 404
    assert accept(Client(), link, "another-password") == 404
    assert User.objects.filter(email="ida@initech.example").count() == 1


def test_opening_the_link_changes_nothing(client: Client, sam: User) -> None:
    invitation = open_initech(sam)
    for _ in range(3):
        assert client.get(link_of(invitation)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.is_open(timezone.now())


def test_after_a_week_the_page_says_to_ask_for_a_new_one(client: Client, sam: User) -> None:
    invitation = open_initech(sam)
    link = link_of(invitation)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        page = client.get(link)
        assert (page.status_code, b"Ask whoever invited you" in page.content) == (404, True)
        assert accept(client, link) == 404


def test_inviting_again_ends_the_old_link_and_starts_the_week_anew(
    client: Client, sam: User
) -> None:
    invitation = open_initech(sam)
    old = link_of(invitation)
    later = timezone.now() + timedelta(days=30)
    with time_machine.travel(later):
        invite_again(invitation.pk, actor=sam, now=later)
        new = link_of(invitation)
        assert client.get(old).status_code == 404
        assert accept(client, new) == 303


def test_a_mail_of_an_invitation_that_was_sent_again_is_not_sent_any_more(sam: User) -> None:
    invitation = open_initech(sam)
    first = Mail.objects.get()
    invite_again(invitation.pk, actor=sam, now=timezone.now())
    with pytest.raises(PermanentError):
        write(first)


def test_a_withdrawn_invitation_is_dead_and_makes_way(client: Client, sam: User) -> None:
    invitation = open_initech(sam)
    link = link_of(invitation)
    withdraw_invitation(invitation.pk, actor=sam, now=timezone.now())
    assert client.get(link).status_code == 404
    again = invite_person(
        invitation.reseller.pk,
        "ida@initech.example",
        "Ida",
        Role.AGENT,
        actor=sam,
        now=timezone.now(),
    )
    assert again.state_at(timezone.now()) == InvitationState.OPEN


def test_one_address_has_one_open_invitation(sam: User, acme: Reseller) -> None:
    invitation = open_initech(sam)
    values = (acme.pk, "IDA@initech.example", "Ida", Role.VIEWER)
    with pytest.raises(Refusal, match="invited already"):
        invite_person(*values, actor=sam, now=timezone.now())
    fresh = invite_person(*values, actor=sam, now=invitation.expires_at)
    assert fresh.reseller == acme


def test_what_was_answered_cannot_be_sent_or_withdrawn(client: Client, sam: User) -> None:
    invitation = open_initech(sam)
    accept(client, link_of(invitation))
    for action in (invite_again, withdraw_invitation):
        with pytest.raises(Refusal, match="accepted"):
            action(invitation.pk, actor=sam, now=timezone.now())


def test_who_got_an_account_meanwhile_gets_no_second_one(sam: User) -> None:
    invitation = open_initech(sam)
    User.objects.create_superuser(invitation.email, NEW, name="Ida")
    with pytest.raises(Refusal):
        accept_invitation(invitation.pk, 1, name="Ida", password=NEW, now=timezone.now())


@pytest.mark.parametrize(
    ("password1", "password2", "sentence"),
    [
        ("short", "short", "too short"),
        ("ida@initech.example", "ida@initech.example", "too similar"),
        (NEW, "something-else", "differ"),
        ("", "", "Fill this in"),
        ("a" * 9 + "\0", "a" * 9 + "\0", "Type this anew"),
    ],
)
def test_a_bad_password_is_refused_at_its_field_and_the_name_is_kept(
    client: Client, sam: User, password1: str, password2: str, sentence: str
) -> None:
    link = link_of(open_initech(sam))
    fields = {"name": "Idà", "password1": password1, "password2": password2}
    page = client.post(link, fields)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Idà"' in page.content.decode()


@pytest.mark.parametrize("token", ["x", "WzEsMV0:x", "%00", "a" * 3000, "%ff:%fe", "::", "WzEsMV0"])
def test_a_made_up_link_leads_to_the_neutral_page(client: Client, sam: User, token: str) -> None:
    open_initech(sam)
    page = client.get(f"/accounts/invitation/{token}/")
    assert (page.status_code, b"does not work" in page.content) == (404, True)


def test_the_page_is_kept_nowhere_and_tells_no_other_site(client: Client, sam: User) -> None:
    link = link_of(open_initech(sam))
    for page in (client.get(link), client.get("/accounts/invitation/x/"), client.post(link)):
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
def test_a_form_without_a_referrer_comes_through_unless_another_site_sent_it(
    sam: User, headers: dict[str, str], status: int
) -> None:
    link, browser = link_of(open_initech(sam)), Client(enforce_csrf_checks=True)
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(link).content.decode())
    assert found
    fields = {"name": "Ida", "password1": NEW, "password2": NEW, "csrfmiddlewaretoken": found[1]}
    assert browser.post(link, fields, headers=headers).status_code == status


def test_a_form_without_a_token_is_refused(sam: User) -> None:
    fields = {"name": "Ida", "password1": NEW, "password2": NEW}
    link, browser = link_of(open_initech(sam)), Client(enforce_csrf_checks=True)
    assert browser.post(link, fields).status_code == 403
    assert not User.objects.filter(email="ida@initech.example").exists()


def test_the_link_is_stored_nowhere(sam: User) -> None:
    token = link_of(open_initech(sam)).split("/")[-2].split(":")[1]
    with connection.cursor() as cursor:
        for table in ("mailing_mail", "people_invitation", "resellers_auditevent"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608
            assert token not in str(cursor.fetchall())


def test_another_person_who_was_signed_in_here_is_signed_out(
    client: Client, sam: User, alice: User
) -> None:
    link = link_of(open_initech(sam))
    client.force_login(alice)
    accept(client, link)
    assert client.session["_auth_user_id"] == str(User.objects.get(name="Ida I.").pk)


def test_the_database_refuses_an_account_of_another_company(
    sam: User, alice: User, globex: Reseller
) -> None:
    invitation = open_initech(sam)
    invitation.accepted_at, invitation.user = timezone.now(), alice
    invitation.save()
    with pytest.raises(IntegrityError, match="invitation_user_same_reseller"):
        connection.check_constraints()


@pytest.mark.parametrize(
    "broken",
    [{"email": "Ida@x.example"}, {"role": "boss"}, {"accepted_at": timezone.now()}],
)
def test_the_database_refuses_half_an_invitation(sam: User, broken: dict[str, object]) -> None:
    invitation = open_initech(sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**broken)
