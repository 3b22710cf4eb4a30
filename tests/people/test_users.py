"""A company's people, as its admins see and change them."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailing.delivery import write
from mailing.models import Mail
from people.actions import accept_invitation, invite_person
from people.models import Invitation
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import UserFactory
from tests.people.test_invitations import NEW, accept, link_of
from tests.people.test_sessions import browser_of

As = Callable[[User], Client]
LIST = "/settings/users/"


def page_of(user: User, what: str = "") -> str:
    return f"{LIST}{user.pk}/{what}"


def last_event() -> tuple[str, Any]:
    event = AuditEvent.objects.latest("pk")
    return event.verb, event.actor


@pytest.fixture
def team(alice: User, ann: User, bob: User) -> None:
    """Alice, Ann and Bob."""


def people_in(page: Any) -> list[str]:
    return [member.user.name for member in page.context["rows"]]


def test_the_list_names_everybody_of_the_company(
    as_: As, alice: User, ann: User, bob: User, charlie: User
) -> None:
    Authenticator.objects.create(user=ann, type=Authenticator.Type.TOTP, data={})
    page = as_(alice).get(LIST)
    assert people_in(page) == ["Alice Arnold", "Ann Ackermann", "Bob Brandt"]
    assert [member.has_second_factor for member in page.context["rows"]] == [False, True, False]
    assert charlie.name not in page.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "ACKER"}, ["Ann Ackermann"]),
        ({"search": "bob@"}, ["Bob Brandt"]),
        ({"role": "viewer"}, ["Bob Brandt"]),
        ({"state": "disabled"}, []),
        ({"sort": "-last_login"}, None),
    ],
)
def test_filters_narrow_the_list(
    as_: As, alice: User, team: None, query: dict[str, str], expected: list[str] | None
) -> None:
    found = people_in(as_(alice).get(LIST, query))
    assert found == expected if expected is not None else len(found) == 3


def test_the_list_asks_as_much_for_many_as_for_few(as_: As, alice: User, acme: Reseller) -> None:
    client, counts = as_(alice), []
    for turn in range(2):
        invite_person(
            acme.pk, f"new{turn}@x.example", "N", Role.AGENT, actor=alice, now=timezone.now()
        )
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"page_size": "100"})
        counts.append(len(queries))
        UserFactory.create_batch(40, reseller=acme)
    assert counts[0] == counts[1]


def test_alice_invites_ida_who_joins(as_: As, alice: User) -> None:
    values = {"name": "Ida", "email": "Ida@acme.example", "role": "viewer"}
    assert as_(alice).post(f"{LIST}invite/", values).status_code == 303
    assert "ida@acme.example" in as_(alice).get(LIST).text
    assert accept(Client(), link_of(Invitation.objects.get())) == 303
    ida = User.objects.get(email="ida@acme.example")
    assert (ida.reseller, ida.role) == (alice.reseller, Role.VIEWER)
    assert not as_(alice).get(LIST).context["invited"]


def test_a_colleagues_address_is_refused_at_its_field(as_: As, alice: User, bob: User) -> None:
    values = {"name": "Bob", "email": bob.email, "role": "viewer"}
    page = as_(alice).post(f"{LIST}invite/", values)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["email"])


@pytest.mark.parametrize("email", ["charlie@globex.example", "nobody@nowhere.example"])
def test_an_invitation_tells_nothing_of_other_companies(
    as_: As, alice: User, charlie: User, email: str
) -> None:
    values = {"name": "C", "email": email, "role": "viewer"}
    answer = as_(alice).post(f"{LIST}invite/", values)
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    [waiting] = as_(alice).get(LIST).context["invited"]
    assert (waiting.state, waiting.mail.state) == ("open", "queued")


def test_only_the_owner_of_the_address_learns_of_the_account(alice: User, charlie: User) -> None:
    assert alice.reseller is not None
    invite_person(
        alice.reseller.pk, charlie.email, "C", Role.VIEWER, actor=alice, now=timezone.now()
    )
    text = write(Mail.objects.get()).text
    assert "You have an account there with this e-mail address already" in text
    assert "/accounts/invitation/" not in text


def test_two_companies_invite_one_address_and_the_first_accepted_counts(
    alice: User, charlie: User
) -> None:
    for admin in (alice, charlie):
        assert admin.reseller is not None
        now = timezone.now()
        invite_person(admin.reseller.pk, "ida@x.example", "Ida", Role.AGENT, actor=admin, now=now)
    first, second = Invitation.objects.order_by("pk")
    accept_invitation(first.pk, 1, name="Ida", password=NEW, now=timezone.now())
    with pytest.raises(Refusal, match="not valid any more"):
        accept_invitation(second.pk, 1, name="Ida", password=NEW, now=timezone.now())


def test_an_invitation_is_sent_again_and_withdrawn(as_: As, alice: User, acme: Reseller) -> None:
    invitation = invite_person(
        acme.pk, "ida@x.example", "Ida", Role.AGENT, actor=alice, now=timezone.now()
    )
    path = f"{LIST}invitations/{invitation.pk}"
    assert as_(alice).post(f"{path}/again/").status_code == 303
    assert (Mail.objects.count(), last_event()) == (2, ("invitation.sent_again", alice))
    assert as_(alice).post(f"{path}/withdraw/").status_code == 303
    assert last_event() == ("invitation.withdrawn", alice)
    for verb in ("again", "withdraw"):
        assert as_(alice).post(f"{path}/{verb}/").status_code == 422


def test_a_new_role_holds_from_the_next_page_on(as_: As, alice: User, bob: User) -> None:
    his = as_(bob)
    assert his.get("/orders/buy/").status_code == 403
    assert as_(alice).post(page_of(bob, "role/"), {"role": "agent"}).status_code == 303
    assert his.get("/orders/buy/").status_code == 200
    event = AuditEvent.objects.get()
    assert (event.verb, event.changes) == (
        "user.role_changed",
        {"was": "viewer", "role": "agent"},
    )


def test_the_role_that_a_person_has_is_no_change(as_: As, alice: User, bob: User) -> None:
    page = as_(alice).post(page_of(bob, "role/"), {"role": "viewer"}, follow=True)
    assert f"The role of {bob.name} is Viewer already: nothing was changed." in page.text
    assert not AuditEvent.objects.exists()
    page = as_(alice).post(page_of(bob, "role/"), {"role": "agent"}, follow=True)
    assert f"The role of {bob.name} is Agent now." in page.text


@pytest.mark.parametrize("role", ["", "boss", "staff"])
def test_a_role_that_is_none_is_refused(as_: As, alice: User, bob: User, role: str) -> None:
    assert as_(alice).post(page_of(bob, "role/"), {"role": role}).status_code == 422


def test_the_last_active_admin_stays_one(as_: As, alice: User, acme: Reseller) -> None:
    UserFactory.create(reseller=acme, role=Role.ADMIN, is_active=False)
    page = as_(alice).post(page_of(alice, "role/"), {"role": "agent"})
    assert (page.status_code, "is the last active admin" in page.text) == (422, True)
    alice.refresh_from_db()
    assert alice.role == Role.ADMIN


def test_one_of_two_admins_gives_the_right_away(as_: As, alice: User, acme: Reseller) -> None:
    UserFactory.create(reseller=acme, role=Role.ADMIN)
    answer = as_(alice).post(page_of(alice, "role/"), {"role": "agent"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(
    as_: As, alice: User, bob: User
) -> None:
    his = browser_of(bob)
    assert his.get("/account/").status_code == 200
    assert as_(alice).post(page_of(bob, "disable/")).status_code == 303
    assert his.get("/account/").status_code == 302
    assert not bob.devices.exists()
    as_(alice).post(page_of(bob, "enable/"))
    assert his.get("/account/").status_code == 302
    assert browser_of(bob).get("/account/").status_code == 200


def test_nobody_disables_themselves(as_: As, alice: User) -> None:
    for what in ("disable/", "end-sessions/", "remove-second-factor/"):
        assert as_(alice).post(page_of(alice, what)).status_code == 422
        assert as_(alice).get(page_of(alice, what)).status_code == 200


def test_alice_signs_bob_out_and_he_comes_back(as_: As, alice: User, bob: User) -> None:
    his = browser_of(bob)
    as_(alice).post(page_of(bob, "end-sessions/"))
    assert his.get("/account/").status_code == 302
    assert last_event() == ("user.sessions_ended", alice)
    assert browser_of(bob).get("/account/").status_code == 200


def test_alice_removes_a_lost_second_factor(as_: As, alice: User, bob: User) -> None:
    Authenticator.objects.create(user=bob, type=Authenticator.Type.TOTP, data={})
    as_(alice).post(page_of(bob, "remove-second-factor/"))
    assert not Authenticator.objects.exists()
    assert Mail.objects.get().kind == "sign_in_changed"


@pytest.mark.parametrize(
    "what", ["", "role/", "disable/", "enable/", "end-sessions/", "remove-second-factor/"]
)
def test_a_stranger_is_like_nobody(as_: As, alice: User, charlie: User, what: str) -> None:
    client = as_(alice)
    theirs, none = (client.get(f"{LIST}{pk}/{what}") for pk in (charlie.pk, 2**70))
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content == none.content
    if what:
        assert client.post(page_of(charlie, what), {"role": "viewer"}).status_code == 404
    charlie.refresh_from_db()
    assert (charlie.role, charlie.is_active) == (Role.ADMIN, True)
