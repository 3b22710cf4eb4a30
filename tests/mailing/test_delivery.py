"""Sending mails through a real SMTP server, which refuses, puts off and hangs when told to."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from mailing import delivery
from mailing.kinds import MailText
from mailing.models import Mail
from mailing.steps import retry
from reseller_portal.jobs import LeaseLostError
from tests.mailserver import MailServer

Queue = Callable[..., Mail]


def delivered(mail: Mail) -> Mail:
    """Let a worker try the mail, and return it as it is then."""
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    return mail


def body(message: EmailMessage, kind: str) -> str:
    """Return the text of one of the two bodies."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip()


@pytest.mark.parametrize(("reply_to", "header"), [("", None), ("ann@acme.example",) * 2])
def test_an_answer_goes_where_the_kind_says(queue: Queue, reply_to: str, header: str) -> None:
    text = MailText("Hello", "Hello", "<p>Hello</p>", reply_to=reply_to)
    assert delivery.as_message(queue(), text).message()["Reply-To"] == header


def test_a_mail_is_sent_as_text_and_as_html(queue: Queue, mailserver: MailServer) -> None:
    mail = delivered(queue())
    [message] = mailserver.received
    assert (mail.state, mail.reason) == ("done", "")
    assert mail.sent_at is not None
    assert message["To"] == "alice@acme.example"
    assert body(message, "plain") == "Attempt 1"
    assert body(message, "html") == "<p>Hello</p>"


def test_its_headers_say_that_no_person_wrote_it(queue: Queue, mailserver: MailServer) -> None:
    delivered(queue())
    [message] = mailserver.received
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Reseller Portal <no-reply@127.0.0.1>"
    assert message["Date"] is not None


def test_a_line_break_in_a_subject_is_a_blank(queue: Queue, mailserver: MailServer) -> None:
    delivered(queue())
    assert mailserver.received[0]["Subject"] == "Hello Alice"


def test_what_was_sent_is_not_kept(queue: Queue, mailserver: MailServer) -> None:
    mail = delivered(queue())
    stored = Mail.objects.filter(pk=mail.pk).values().get()
    assert "Attempt" not in str(stored)


def test_a_mail_is_sent_once_however_often_a_worker_is_told(
    queue: Queue, mailserver: MailServer
) -> None:
    mail = queue()
    for _ in range(3):
        delivered(mail)
    assert delivery.sweep() == 0
    assert len(mailserver.received) == 1


@pytest.mark.parametrize("answer", ["450 4.2.1 Mailbox busy", "421 4.3.2 Shutting down"])
def test_a_temporary_refusal_is_tried_again_later(
    queue: Queue, mailserver: MailServer, answer: str
) -> None:
    mailserver.answers = [answer]
    mail = delivered(queue())
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert answer[4:] in mail.reason
    assert mail.next_attempt_at > timezone.now() + timedelta(seconds=50)
    assert delivery.sweep() == 0


def test_each_attempt_writes_the_mail_anew_under_the_same_message_id(
    queue: Queue, mailserver: MailServer
) -> None:
    mail = delivered(queue())
    Mail.objects.filter(pk=mail.pk).update(state="queued", sent_at=None)  # the record got lost
    delivered(mail)
    first, second = mailserver.received
    assert [body(first, "plain"), body(second, "plain")] == ["Attempt 1", "Attempt 2"]
    assert first["Message-ID"] == second["Message-ID"] == delivery.message_id(mail)


def test_twin_without_the_key_in_it_a_repeat_looks_like_another_mail(
    queue: Queue, mailserver: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "message_id", lambda _mail: make_msgid())
    mail = delivered(queue())
    Mail.objects.filter(pk=mail.pk).update(state="queued", sent_at=None)
    delivered(mail)
    first, second = mailserver.received
    assert first["Message-ID"] != second["Message-ID"]


def test_other_mails_have_other_message_ids(queue: Queue, mailserver: MailServer) -> None:
    delivered(queue("1"))
    delivered(queue("2"))
    assert len({message["Message-ID"] for message in mailserver.received}) == 2


def test_a_permanent_refusal_fails_and_says_what_the_server_said(
    queue: Queue, mailserver: MailServer
) -> None:
    mailserver.answers = ["550 5.1.1 No such user here"]
    mail = delivered(queue())
    assert mail.state == "failed"
    assert mail.reason == "The mail server refused the mail: 550 5.1.1 No such user here"
    assert delivery.sweep() == 0


def test_a_failed_mail_is_tried_again_on_demand(queue: Queue, mailserver: MailServer) -> None:
    mailserver.answers = ["550 5.1.1 No such user here"]
    mail = delivered(queue())
    assert retry(mail)
    assert delivered(mail).state == "done"


def test_a_server_that_hangs_costs_its_time_out_and_is_tried_again(
    queue: Queue, mailserver: MailServer
) -> None:
    mailserver.hangs = True
    mail = delivered(queue())
    assert (mail.state, mail.reason) == ("queued", "The mail server did not answer in time.")


def test_a_server_that_takes_it_and_breaks_the_line_gets_it_again_under_the_same_message_id(
    queue: Queue, mailserver: MailServer
) -> None:
    mailserver.drops = 1
    mail = delivered(queue())
    assert (mail.state, mail.reason) == ("queued", "The mail server could not be reached.")
    Mail.objects.update(next_attempt_at=timezone.now())
    assert delivered(mail).state == "done"
    first, second = mailserver.received
    assert first["Message-ID"] == second["Message-ID"] == delivery.message_id(mail)


def test_a_server_that_is_away_is_tried_again(queue: Queue, mailserver: MailServer) -> None:
    mailserver.stop()
    mail = delivered(queue())
    assert (mail.state, mail.reason) == ("queued", "The mail server could not be reached.")


def test_a_refused_sign_in_is_not_the_mails_fault(
    queue: Queue, mailserver: MailServer, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    mail = delivered(queue())
    assert mail.state == "queued"
    assert "does not accept the portal's sign-in (535" in mail.reason


def test_after_five_refusals_a_mail_is_stuck(queue: Queue, mailserver: MailServer) -> None:
    mailserver.answers = ["450 4.2.1 Mailbox busy"]
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(attempts=4)
    assert delivered(mail).state == "stuck"


def test_a_mail_that_lost_its_sense_is_not_sent(queue: Queue, mailserver: MailServer) -> None:
    mail = delivered(queue(params={"gone": True}))
    assert (mail.state, mail.reason) == ("failed", "The party was cancelled.")
    assert not mailserver.received


def test_a_mail_to_nobody_is_dropped_and_no_failure(queue: Queue, mailserver: MailServer) -> None:
    mail = delivered(queue(params={"nobody": True}))
    assert (mail.state, mail.reason) == ("dropped", "Nobody lives here.")
    assert not Mail.objects.given_up()
    assert not retry(mail)
    assert not mailserver.received


def test_a_mail_of_an_unknown_kind_waits_for_a_newer_worker(
    queue: Queue, mailserver: MailServer
) -> None:
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(kind="from-the-future")
    assert delivered(mail).state == "queued"


def test_a_function_that_breaks_is_tried_again_and_tells_no_details(
    queue: Queue, mailserver: MailServer
) -> None:
    mail = queue(params={})
    Mail.objects.filter(pk=mail.pk).update(params=[])  # the kind expects a mapping
    mail = delivered(mail)
    assert mail.state == "queued"
    assert mail.reason == "Something went wrong that nobody expected."


def test_the_sweep_sends_what_no_message_announced(queue: Queue, mailserver: MailServer) -> None:
    queue("1"), queue("2")
    assert delivery.sweep() == 2
    assert len(mailserver.received) == 2


def test_a_worker_that_was_frozen_since_its_claim_does_not_send(
    queue: Queue, mailserver: MailServer
) -> None:
    long_ago = timezone.now() - timedelta(seconds=121)
    frozen = Mail.objects.claim(queue(now=long_ago).pk, long_ago)
    assert delivery.sweep() == 1
    assert frozen is not None
    with pytest.raises(LeaseLostError):
        delivery.send(frozen)
    assert len(mailserver.received) == 1


def test_no_mail_is_sent_within_a_transaction(queue: Queue, mailserver: MailServer) -> None:
    mail = queue()
    with transaction.atomic(), pytest.raises(RuntimeError):
        delivery.deliver(mail.pk)
    with transaction.atomic(), pytest.raises(RuntimeError):
        delivery.sweep()
    assert not mailserver.received
