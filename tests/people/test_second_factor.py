"""Vendor staff show a second factor, but for the local demonstration."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mailing.models import Mail
from people.actions import remove_second_factor
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, User
from tests.factories import PASSWORD
from tests.people.test_password_reset import NEW, ask, choose, link_in

pytestmark = pytest.mark.django_db(transaction=True)
ACTIVATE, CODES = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/"
ASK_AGAIN = "/accounts/2fa/reauthenticate/"


@pytest.fixture(autouse=True)
def real_deployment(settings: Settings) -> None:
    """Not the local demonstration."""
    settings.STAFF_NEED_SECOND_FACTOR = True


def sign_in(user: User) -> Client:
    """Return a browser in which the person gave their password."""
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def code_for(secret: str) -> str:
    """Return what the authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def enrol(client: Client) -> str:
    """Set the app up, as the page asks, and return its secret."""
    page = client.get(ACTIVATE, follow=True)
    if b'type="password"' in page.content:
        page = client.post(
            page.request["PATH_INFO"] + "?next=" + ACTIVATE, {"password": PASSWORD}, follow=True
        )
    found = re.search(r"\b[A-Z2-7]{32}\b", page.content.decode())
    assert found
    answer = client.post(ACTIVATE, {"code": code_for(found[0])})
    assert answer.headers["Location"] == CODES
    return found[0]


def recovery_codes(client: Client) -> list[str]:
    """Return the recovery codes on the page that shows them."""
    return re.findall(r"\b\d{8}\b", client.get(CODES).content.decode())


def test_sam_sets_one_up_before_anything_else(sam: User) -> None:
    client = sign_in(sam)
    for path in ("/admin/", "/", "/accounts/password/change/", CODES):
        assert client.get(path).headers["Location"].startswith(f"{ACTIVATE}?next=")
    enrol(client)
    assert client.get("/admin/").status_code == 200
    assert len(recovery_codes(client)) == 10


def test_sam_is_asked_for_a_code_at_the_next_sign_in(sam: User) -> None:
    secret = enrol(sign_in(sam))
    client = sign_in(sam)
    assert client.get("/admin/").status_code == 302
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert b"Incorrect code" in page.content
    assert (
        client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)}).headers["Location"]
        == "/admin/"
    )
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once(sam: User) -> None:
    secret = enrol(sign_in(sam))
    first, second = sign_in(sam), sign_in(sam)
    code = {"code": code_for(secret)}
    assert first.post("/accounts/2fa/authenticate/", code).status_code == 302
    assert second.post("/accounts/2fa/authenticate/", code).status_code == 200


def test_a_recovery_code_works_once(sam: User) -> None:
    client = sign_in(sam)
    enrol(client)
    code = {"code": recovery_codes(client)[0]}
    assert sign_in(sam).post("/accounts/2fa/authenticate/", code).headers["Location"] == "/admin/"
    assert sign_in(sam).post("/accounts/2fa/authenticate/", code).status_code == 200


def test_guessing_codes_is_limited(sam: User) -> None:
    enrol(sign_in(sam))
    client = sign_in(sam)
    pages = [client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(11)]
    assert b"Too many" in pages[10].content


def test_a_session_from_before_the_setup_is_asked_too(sam: User) -> None:
    stolen = sign_in(sam)
    enrol(sign_in(sam))
    for path in ("/admin/", CODES, "/accounts/2fa/", "/accounts/2fa/totp/deactivate/"):
        assert stolen.get(path).headers["Location"].startswith(f"{ASK_AGAIN}?next=")
    stolen.post("/accounts/reauthenticate/?next=/admin/", {"password": PASSWORD})
    assert stolen.get("/admin/").headers["Location"].startswith(ASK_AGAIN)


def test_signing_out_is_always_possible(sam: User) -> None:
    assert sign_in(sam).post("/accounts/logout/").headers["Location"] == "/accounts/login/"


def test_staff_cannot_switch_it_off_themselves(sam: User) -> None:
    client = sign_in(sam)
    enrol(client)
    page = client.post("/accounts/2fa/totp/deactivate/")
    assert b"cannot deactivate" in page.content
    assert Authenticator.objects.filter(user=sam, type="totp").exists()


def test_a_colleague_removes_a_lost_one_and_the_person_is_told(sam: User) -> None:
    client = sign_in(sam)
    enrol(client)
    kim = User.objects.create_superuser("kim@vendor.example", PASSWORD, name="Kim")
    remove_second_factor(sam.pk, actor=kim, now=timezone.now())
    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert not Authenticator.objects.filter(user=sam).exists()
    event = AuditEvent.objects.get(verb="user.second_factor_off")
    assert (event.actor, event.about) == (kim, f"user:{sam.pk}")
    assert Mail.objects.filter(kind="sign_in_changed", to=sam.email).count() == 2


def test_nobody_removes_their_own_or_one_that_is_not_there(sam: User, alice: User) -> None:
    for user in (sam, alice):
        with pytest.raises(Refusal):
            remove_second_factor(user.pk, actor=sam, now=timezone.now())


def test_a_new_password_by_mail_does_not_skip_it(sam: User) -> None:
    enrol(sign_in(sam))
    there = sign_in(sam)
    choose(there, link_in(ask(there, sam.email)))
    assert there.get("/admin/").status_code == 302
    client = Client()
    answer = client.post("/accounts/login/", {"login": sam.email, "password": NEW})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_people_of_a_reseller_need_none(alice: User) -> None:
    assert sign_in(alice).get("/accounts/password/change/").status_code == 200


def test_the_local_demonstration_needs_none(
    settings: Settings, as_: Callable[[User], Client], sam: User
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = False
    assert as_(sam).get("/admin/").status_code == 200


def test_a_wrong_code_is_on_record_without_the_code(
    sam: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in(sam)
    enrol(client)
    client.post("/accounts/logout/")
    client = sign_in(sam)
    page = client.get("/accounts/2fa/authenticate/")
    assert page.status_code == 200
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    [line] = [r.msg for r in caplog.records if "sign_in_refused" in str(r.msg)]
    assert isinstance(line, dict)
    assert (line["reason"], line["person"]) == ("second_factor", sam.pk)
    assert "000000" not in str(line)
