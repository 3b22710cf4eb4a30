"""When a session ends."""

from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from people.actions import change_password, disable_user, enable_user
from people.models import Device
from resellers.models import User
from tests.factories import PASSWORD

CHANGE = "/accounts/password/change/"


def browser_of(user: User) -> Client:
    """Return a browser in which the person signed in with their password."""
    client = Client()
    values = {"login": user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", values).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    """Say whether the session still counts."""
    return client.get(CHANGE).status_code == 200


def test_changing_the_password_ends_the_other_sessions_only(alice: User) -> None:
    here, there = browser_of(alice), browser_of(alice)
    fields = {
        "oldpassword": PASSWORD,
        "password1": "a-quite-new-one",
        "password2": "a-quite-new-one",
    }
    assert here.post(CHANGE, fields).headers["Location"] == "/"
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_the_old_password_is_asked_for(alice: User) -> None:
    here = browser_of(alice)
    fields = {
        "oldpassword": "wrong",
        "password1": "a-quite-new-one",
        "password2": "a-quite-new-one",
    }
    assert here.post(CHANGE, fields).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_new_password_by_mail_ends_every_session(alice: User) -> None:
    here = browser_of(alice)
    change_password(alice, "a-quite-new-one", now=timezone.now())
    assert not is_signed_in(here)


def test_disabling_ends_every_session_at_once_and_for_good(alice: User, sam: User) -> None:
    here = browser_of(alice)
    disable_user(alice.pk, actor=sam)
    assert not is_signed_in(here)
    enable_user(alice.pk, actor=sam)
    assert not is_signed_in(here)
    assert is_signed_in(browser_of(alice))


def test_a_session_that_no_list_knows_ends_for_good_too(alice: User, sam: User) -> None:
    here = browser_of(alice)
    Device.objects.all().delete()
    disable_user(alice.pk, actor=sam)
    enable_user(alice.pk, actor=sam)
    assert not is_signed_in(here)


def test_a_session_ends_with_the_browser_and_when_it_is_not_used(alice: User) -> None:
    with time_machine.travel("2026-11-24 08:00Z", tick=False) as clock:
        here = browser_of(alice)
        assert here.cookies["sessionid"]["max-age"] == ""
        assert is_signed_in(here)
        clock.shift(timedelta(hours=2, minutes=59))
        assert is_signed_in(here)
        clock.shift(timedelta(hours=3, minutes=1))
        assert not is_signed_in(here)


def test_however_much_it_is_used_it_ends_a_working_day_after_sign_in(alice: User) -> None:
    with time_machine.travel("2026-11-24 08:00Z", tick=False) as clock:
        here = browser_of(alice)
        for _ in range(11):
            clock.shift(timedelta(hours=1))
            assert is_signed_in(here)
        clock.shift(timedelta(minutes=59))
        assert is_signed_in(here)
        clock.shift(timedelta(minutes=1))
        assert not is_signed_in(here)
        assert is_signed_in(browser_of(alice))
