"""Signing in and out."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from resellers.models import User
from tests.factories import PASSWORD, UserFactory

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> str:
    """Return where a sign-in leads, or its page if it leads nowhere."""
    answer = client.post(LOGIN, {"login": email, "password": password, **more})
    return answer.headers["Location"] if answer.status_code == 302 else answer.content.decode()


def is_signed_in(client: Client) -> bool:
    """Say whether the home page or the admin site greets the person."""
    return client.get("/accounts/password/change/").status_code == 200


def test_alice_comes_home_and_sam_to_the_admin_site(client: Client, alice: User, sam: User) -> None:
    assert sign_in(client, alice.email) == "/"
    assert is_signed_in(client)
    assert sign_in(Client(), sam.email) == "/admin/"


@pytest.mark.parametrize("typed", ["ALICE@Acme.Example", " alice@acme.example "])
def test_the_case_of_the_address_does_not_matter(client: Client, alice: User, typed: str) -> None:
    assert sign_in(client, typed) == "/"


def test_an_address_is_kept_in_lower_case_whatever_was_typed(client: Client, db: None) -> None:
    person = UserFactory.create(email="Jane.Doe@Acme.Example")
    assert person.email == "jane.doe@acme.example"
    assert sign_in(client, "Jane.Doe@acme.example") == "/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    client: Client, alice: User
) -> None:
    pages = [sign_in(Client(), email, "wrong") for email in (alice.email, "who@acme.example")]
    sentence = "This e-mail address and password do not belong together."
    assert all(sentence in page for page in pages)
    assert not is_signed_in(client)


def test_the_person_is_led_back_to_where_they_wanted_to_go(client: Client, alice: User) -> None:
    assert sign_in(client, alice.email, next="/orders/?state=processed") == (
        "/orders/?state=processed"
    )


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:///evil.example"],
)
def test_nobody_is_led_to_another_site(client: Client, alice: User, elsewhere: str) -> None:
    assert sign_in(client, alice.email, next=elsewhere) == "/"


@pytest.mark.parametrize("typed", ["\0", "a" * 10_000, "Ω\u202e", "'; drop table--", ""])
def test_odd_input_is_a_message_never_an_error(client: Client, alice: User, typed: str) -> None:
    for fields in ({"login": typed}, {"password": typed}, {"next": typed}):
        values = {"login": alice.email, "password": "wrong", **fields}
        assert client.post(LOGIN, values).status_code == 200


def test_bytes_that_are_no_text_are_a_message_too(client: Client, db: None) -> None:
    form = "application/x-www-form-urlencoded"
    answer = client.post(LOGIN, "login=%ff%fe@x.example&password=%c3&next=%ff", content_type=form)
    assert answer.status_code == 200


def test_whoever_is_signed_in_has_no_need_to_sign_in(
    as_: Callable[[User], Client], alice: User, sam: User
) -> None:
    assert as_(alice).get(LOGIN).headers["Location"] == "/"
    assert as_(alice).get(f"{LOGIN}?next=/orders/").headers["Location"] == "/orders/"
    assert as_(sam).get(LOGIN).headers["Location"] == "/admin/"


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, alice: User) -> None:
    sign_in(client, alice.email)
    cookie = client.cookies["sessionid"].value
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == LOGIN
    client.cookies["sessionid"] = cookie
    assert not is_signed_in(client)


def test_the_session_gets_a_new_id_at_sign_in(client: Client, alice: User) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    sign_in(client, alice.email)
    assert client.session.session_key != before


def test_a_disabled_person_learns_it_with_the_right_password_only(
    client: Client, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert sign_in(client, alice.email) == "/accounts/inactive/"
    assert "switched off" in client.get("/accounts/inactive/").content.decode()
    assert "do not belong together" in sign_in(client, alice.email, "wrong")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "password/set/", "login/code/", "social/login/", ""],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_used_is_not_there(client: Client, db: None, path: str, method: str) -> None:
    assert getattr(client, method)(f"/accounts/{path}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
