"""Forgotten passwords: by mail, through the outbox, and without telling who has an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mailing.delivery import deliver, write
from mailing.models import Mail
from reseller_portal.running import PermanentError
from resellers.models import AuditEvent, User
from tests.factories import PASSWORD

RESET = "/accounts/password/reset/"
NEW = "a-quite-new-password"


def ask(client: Client, email: str) -> Mail:
    """Ask for a link and return the mail that lies in the outbox then."""
    assert client.post(RESET, {"email": email}).headers["Location"] == f"{RESET}done/"
    return Mail.objects.latest("pk")


def link_in(mail: Mail) -> str:
    """Return the path of the link in a mail, as the worker would write it now."""
    found = re.search(r"http://127\.0\.0\.1:8000(/accounts/\S+)", write(mail).text)
    assert found
    return found[1]


def choose(client: Client, link: str, password: str = NEW) -> bytes:
    """Open the link, follow it to the form, and choose a password."""
    form = client.get(link)
    if form.status_code != 302:
        return form.content
    fields = {"password1": password, "password2": password}
    return client.post(form.headers["Location"], fields, follow=True).content


def can_sign_in(user: User, password: str) -> bool:
    """Say whether the password works."""
    values = {"login": user.email, "password": password}
    return Client().post("/accounts/login/", values).status_code == 302


def test_alice_chooses_a_new_password_with_the_link_from_her_mail(
    client: Client, alice: User
) -> None:
    mail = ask(client, "Alice@acme.example")
    assert (mail.kind, mail.to, mail.state) == ("password_reset", alice.email, "queued")
    assert b"Your password was changed" in choose(client, link_in(mail))
    assert can_sign_in(alice, NEW)
    assert not can_sign_in(alice, PASSWORD)


def test_the_text_and_the_html_hold_the_same_link(client: Client, alice: User) -> None:
    with time_machine.travel("2026-11-24 10:00Z", tick=False):
        mail = ask(client, alice.email)
        link = link_in(mail)
        assert f'href="http://127.0.0.1:8000{link}"' in write(mail).html


def test_the_token_is_nowhere_but_in_the_mail(client: Client, alice: User) -> None:
    mail = ask(client, alice.email)
    token = link_in(mail).split("/")[-2].split("-", 1)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT mailing_mail::text FROM mailing_mail")
        assert token not in str(cursor.fetchall())


def test_a_link_works_once(client: Client, alice: User) -> None:
    link = link_in(ask(client, alice.email))
    choose(client, link)
    assert b"does not work any more" in choose(Client(), link, "another-new-password")


def test_a_link_dies_of_age(client: Client, alice: User) -> None:
    mail = ask(client, alice.email)
    with time_machine.travel(mail.queued_at, tick=False) as clock:
        link = link_in(mail)
        clock.shift(timedelta(hours=3, minutes=1))
        assert b"does not work any more" in choose(Client(), link)


@pytest.mark.parametrize("key", ["0-x", "zzzzzzzzzzzzz-x", "1-%00", "1-set-password", "1-%ff"])
def test_a_link_that_was_never_sent_is_a_sentence(client: Client, db: None, key: str) -> None:
    answer = client.get(f"{RESET}key/{key}/")
    assert (answer.status_code, b"does not work any more" in answer.content) == (200, True)


def test_nothing_tells_a_known_address_from_an_unknown_one(client: Client, alice: User) -> None:
    answers, queries = [], []
    for email, address in ((alice.email, "192.0.2.1"), ("nobody@acme.example", "192.0.2.2")):
        browser = Client(REMOTE_ADDR=address)
        with CaptureQueriesContext(connection) as captured:
            answers.append(browser.post(RESET, {"email": email}))
        queries.append([query["sql"].split()[0] for query in captured])
        answers.append(browser.get(f"{RESET}done/"))
    assert queries[0] == queries[1]
    assert not any("resellers_user" in query["sql"] for query in captured)
    assert (answers[0].status_code, answers[0].headers["Location"]) == (
        answers[2].status_code,
        answers[2].headers["Location"],
    )
    assert answers[1].content == answers[3].content


def test_who_has_no_account_gets_no_mail(client: Client, alice: User) -> None:
    with pytest.raises(PermanentError, match="Nobody who may sign in"):
        write(ask(client, "nobody@acme.example"))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(PermanentError, match="Nobody who may sign in"):
        write(ask(client, alice.email))


def test_staff_are_not_shown_who_was_asked_for_but_is_not_there(client: Client, db: None) -> None:
    mail = ask(client, "nobody@acme.example")
    deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "dropped"
    assert not Mail.objects.given_up()


def test_asking_is_limited_for_an_address_and_from_an_address(client: Client, db: None) -> None:
    for _ in range(5):
        ask(client, "alice@acme.example")
    assert client.post(RESET, {"email": "alice@acme.example"}).status_code == 429
    for n in range(14):
        ask(client, f"person{n}@acme.example")
    assert client.post(RESET, {"email": "another@acme.example"}).status_code == 429


def test_a_new_password_follows_the_rules(client: Client, alice: User) -> None:
    link = link_in(ask(client, alice.email))
    for bad in ("short", "12345678901234", "password1234", "alice@acme.example"):
        assert b'type="password"' in choose(client, link, bad)
    assert can_sign_in(alice, PASSWORD)


def test_a_reset_ends_the_wait_after_wrong_tries(client: Client, alice: User) -> None:
    link = link_in(ask(client, alice.email))
    for _ in range(11):
        can_sign_in(alice, "wrong")
    assert not can_sign_in(alice, PASSWORD)
    choose(client, link)
    assert can_sign_in(alice, NEW)


def test_alice_is_told_by_mail_and_the_change_is_on_record(client: Client, alice: User) -> None:
    choose(client, link_in(ask(client, alice.email)))
    told = Mail.objects.get(kind="sign_in_changed")
    assert told.to == alice.email
    assert "The password was changed." in write(told).text
    event = AuditEvent.objects.get(verb="user.password_changed")
    assert (event.actor, event.reseller, event.changes) == (alice, alice.reseller, {})


def test_the_page_with_the_form_has_no_token_in_its_address_and_is_not_kept(
    client: Client, alice: User
) -> None:
    link = link_in(ask(client, alice.email))
    form = client.get(client.get(link).headers["Location"])
    assert form.request["PATH_INFO"].endswith("-set-password/")
    assert "no-store" in form.headers["Cache-Control"]
    assert form.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


@pytest.mark.parametrize("email", ["", "no address", "\0", "a" * 10_000 + "@acme.example"])
def test_odd_addresses_are_a_message_at_the_field(client: Client, db: None, email: str) -> None:
    answer = client.post(RESET, {"email": email})
    assert answer.status_code == 200
    assert not Mail.objects.exists()
