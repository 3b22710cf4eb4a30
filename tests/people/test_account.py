"""A person's own account: where they are signed in, and signing out there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people.agents import in_words
from people.models import Device
from resellers.models import AuditEvent, User
from tests.factories import PASSWORD
from tests.people.test_sessions import browser_of, is_signed_in

As = Callable[[User], Client]
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_each_sign_in_is_a_device(bob: User) -> None:
    client = Client(headers={"User-Agent": WINDOWS})
    client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    device = Device.objects.get()
    assert (str(device), device.address, device.user) == ("Firefox on Windows", "127.0.0.1", bob)
    page = client.get("/account/").text
    assert "Firefox on Windows" in page
    assert "This browser" in page


def test_bob_ends_a_session_elsewhere_and_only_that(bob: User) -> None:
    here, there, third = (browser_of(bob) for _ in range(3))
    device = Device.objects.get(session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{device.pk}/end/").status_code == 303
    assert [is_signed_in(client) for client in (here, there, third)] == [True, False, True]
    assert AuditEvent.objects.latest("pk").verb == "user.session_ended"


def test_bob_signs_out_everywhere_else(bob: User, as_: As) -> None:
    here, there = browser_of(bob), browser_of(bob)
    unnoted = as_(bob)
    before = Device.objects.get(session_key=here.session.session_key)
    assert here.post("/account/sessions/end-others/").status_code == 303
    assert [is_signed_in(client) for client in (here, there, unnoted)] == [True, False, False]
    [device] = Device.objects.all()
    assert device.session_key == here.session.session_key != before.session_key
    assert (device.pk, device.signed_in_at) == (before.pk, before.signed_in_at)


def test_the_session_that_one_uses_is_left_by_signing_out(bob: User) -> None:
    here = browser_of(bob)
    path = f"/account/sessions/{Device.objects.get().pk}/end/"
    assert (here.get(path).status_code, here.post(path).status_code) == (200, 422)
    assert is_signed_in(here)


def test_the_sessions_of_others_are_like_none(bob: User, ann: User) -> None:
    here, hers = browser_of(bob), browser_of(ann)
    device = Device.objects.get(user=ann)
    for pk in (device.pk, 10**6, 2**70):
        assert here.get(f"/account/sessions/{pk}/end/").status_code == 404
        assert here.post(f"/account/sessions/{pk}/end/").status_code == 404
    assert is_signed_in(hers)


def test_signing_out_ends_the_device(bob: User) -> None:
    here = browser_of(bob)
    here.post("/accounts/logout/")
    assert not Device.objects.live(timezone.now()).exists()
    browser_of(bob)
    assert Device.objects.count() == 1


def test_a_new_password_keeps_this_device_and_ends_the_others(bob: User) -> None:
    here, there = browser_of(bob), browser_of(bob)
    new = {"oldpassword": PASSWORD, "password1": "a-quite-new-one", "password2": "a-quite-new-one"}
    here.post("/accounts/password/change/", new)
    assert [d.session_key for d in Device.objects.all()] == [here.session.session_key]
    assert not is_signed_in(there)


def test_a_device_is_noted_again_after_five_minutes_and_not_before(bob: User) -> None:
    here = browser_of(bob)
    first = Device.objects.get().seen_at
    here.get("/account/")
    assert Device.objects.get().seen_at == first
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        here.get("/account/")
    assert Device.objects.get().seen_at > first + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("Firefox/140.0", "Firefox"),
        ("Windows", "A browser on Windows"),
    ],
)
def test_browsers_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_a_strange_browser_is_no_error(bob: User) -> None:
    client = Client(headers={"User-Agent": "\0" + "x" * 5000})
    client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assert Device.objects.get().agent == "x" * 300
