"""Putting mails into the outbox, and what staff do about them."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from licenses.codes import new_activation_code
from mailing import actions
from mailing.kinds import label_of, mail_kind
from mailing.models import Mail
from mailing.steps import queue_mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User


def test_the_same_key_is_one_mail(queue: Callable[..., Mail]) -> None:
    assert queue("greeting/1").pk == queue("greeting/1", to="bob@acme.example").pk
    assert queue("greeting/2").pk != queue("greeting/1").pk
    assert Mail.objects.get(key="greeting/1").to == "alice@acme.example"


def test_a_mail_vanishes_with_the_transaction_that_queued_it(queue: Callable[..., Mail]) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()


def test_a_kind_that_nobody_declared_is_a_programming_error(acme: Reseller) -> None:
    with pytest.raises(KeyError):
        queue_mail("nonsense", key="1", to="a@b.example", about="1", reseller=acme)


def test_a_kind_is_declared_once(greeting: str) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        mail_kind(greeting, "Again")(lambda mail: mail)  # type: ignore[arg-type, return-value]
    assert label_of(greeting) == "Greeting"


@pytest.mark.parametrize("spelling", [str, str.lower, lambda code: code.replace("-", "")])
def test_parameters_never_hold_a_code(
    queue: Callable[..., Mail], spelling: Callable[[str], str]
) -> None:
    with pytest.raises(ValueError, match="code or link"):
        queue(params={"licenses": [spelling(new_activation_code())]})


def test_parameters_never_hold_a_link(queue: Callable[..., Mail]) -> None:
    with pytest.raises(ValueError, match="code or link"):
        queue(params={"link": "https://portal.example/accounts/password/reset/key/1-abc-def/"})


def test_mails_about_one_thing_are_listed_newest_first(
    queue: Callable[..., Mail], globex: Reseller, greeting: str
) -> None:
    now = timezone.now()
    old, new = queue("1", now=now - timedelta(hours=1)), queue("2", now=now)
    queue_mail(greeting, key="3", to="c@globex.example", about="1234567890", reseller=globex)
    acme = old.reseller
    assert acme is not None
    found = Mail.objects.for_reseller(acme).about("1234567890").of_kind(greeting)
    assert list(found) == [new, old]


def test_staff_try_a_failed_mail_again(queue: Callable[..., Mail], sam: User) -> None:
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(state="failed", reason="No such user", attempts=1)
    actions.retry(mail.pk, actor=sam, now=timezone.now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.reason) == ("queued", 0, "")
    event = AuditEvent.objects.get(verb="mail.retried")
    assert (event.actor, event.about) == (sam, "1234567890")


def test_staff_cannot_try_a_waiting_mail_again(queue: Callable[..., Mail], sam: User) -> None:
    with pytest.raises(Refusal, match="failed or stuck"):
        actions.retry(queue().pk, actor=sam, now=timezone.now())


def test_staff_send_a_mail_once_more_and_a_double_click_is_one_mail(
    queue: Callable[..., Mail], sam: User
) -> None:
    mail, now = queue(params={"x": 1}), timezone.now()
    Mail.objects.filter(pk=mail.pk).update(state="done", sent_at=now)
    copy = actions.resend(mail.pk, actor=sam, now=now)
    assert actions.resend(mail.pk, actor=sam, now=now) == copy
    assert (copy.kind, copy.to, copy.about, copy.params) == (
        "greeting",
        mail.to,
        mail.about,
        {"x": 1},
    )
    assert AuditEvent.objects.filter(verb="mail.resent").count() == 1


def test_copies_of_copies_count_on(queue: Callable[..., Mail], sam: User) -> None:
    mail, now = queue("first"), timezone.now()
    for _number in range(4):
        Mail.objects.update(state="done", sent_at=now)
        mail = actions.resend(mail.pk, actor=sam, now=now)
    assert mail.key == "first/again/4"


def test_a_copy_is_new_although_older_ones_were_deleted(
    queue: Callable[..., Mail], sam: User
) -> None:
    mail, now = queue("first"), timezone.now()
    for _number in range(2):
        Mail.objects.update(state="done", sent_at=now)
        actions.resend(mail.pk, actor=sam, now=now)
    Mail.objects.filter(key="first/again/1").delete()
    Mail.objects.update(state="done", sent_at=now)
    assert actions.resend(mail.pk, actor=sam, now=now).key == "first/again/3"


def test_a_mail_that_was_not_sent_is_not_sent_once_more(
    queue: Callable[..., Mail], sam: User
) -> None:
    with pytest.raises(Refusal, match="not sent yet"):
        actions.resend(queue().pk, actor=sam, now=timezone.now())


def test_states_read_as_people_say_them(queue: Callable[..., Mail]) -> None:
    mail = queue()
    words = {}
    for state in ("queued", "running", "done", "failed", "stuck"):
        mail.state = state
        words[state] = str(mail.get_state_display())
    assert list(words.values()) == ["Queued", "Sending", "Sent", "Failed", "Stuck"]
    assert json.dumps(mail.params) == "{}"
