"""What vendor staff do about mails."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailing.models import Mail, MailState
from mailing.steps import queue_mail
from resellers.models import AuditEvent, User

As = Callable[[User], Client]


@pytest.fixture
def mail(alice: User) -> Mail:
    """A mail to Alice that waits."""
    about = "4711000001"
    return queue_mail(
        "password_reset", key="k", to=alice.email, about=about, reseller=alice.reseller
    )


def settle(mail: Mail, state: MailState) -> None:
    """Bring the mail into a state, with what belongs to it."""
    sent = timezone.now() if state == MailState.DONE else None
    Mail.objects.filter(pk=mail.pk).update(state=state, sent_at=sent, reason="550 no such user")


def button(slug: str, mail: Mail) -> str:
    """Return the address of a button."""
    return reverse(f"admin:mailing_mail_{slug}", args=[mail.pk])


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.STUCK])
def test_sam_sees_why_a_mail_was_given_up_and_tries_again(
    as_: As, sam: User, mail: Mail, state: MailState
) -> None:
    settle(mail, state)
    page = as_(sam).get("/admin/mailing/mail/?given_up=yes")
    assert b"550 no such user" in page.content
    assert as_(sam).post(button("retry", mail)).status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.about) == ("mail.retried", sam, mail.about)


def test_sam_sends_a_mail_once_more(as_: As, sam: User, mail: Mail) -> None:
    settle(mail, MailState.DONE)
    as_(sam).post(button("resend", mail))
    copy = Mail.objects.exclude(pk=mail.pk).get()
    assert (copy.to, copy.kind, copy.state) == (mail.to, mail.kind, MailState.QUEUED)
    assert AuditEvent.objects.get().verb == "mail.resent"


@pytest.mark.parametrize("slug", ["retry", "resend"])
def test_a_mail_that_waits_is_left_alone(as_: As, sam: User, mail: Mail, slug: str) -> None:
    answer = as_(sam).post(button(slug, mail))
    assert answer.status_code == 422
    assert Mail.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_mails_that_wait_are_not_among_those_given_up(as_: As, sam: User, mail: Mail) -> None:
    page = as_(sam).get("/admin/mailing/mail/?given_up=yes")
    assert page.context["cl"].result_count == 0


@pytest.mark.parametrize("term", ["Alice@acme", "alice@acme.example", "4711000001"])
def test_sam_finds_a_mail(as_: As, sam: User, mail: Mail, term: str) -> None:
    page = as_(sam).get("/admin/mailing/mail/", {"q": term})
    assert list(page.context["cl"].result_list) == [mail]


def test_sam_finds_a_mail_of_no_reseller(as_: As, sam: User) -> None:
    queue_mail("password_reset", key="k", to=sam.email, about="password-reset", reseller=None)
    page = as_(sam).get("/admin/mailing/mail/", {"q": sam.email})
    assert page.context["cl"].result_count == 1


def test_the_record_of_a_mail_is_that_of_its_subject(as_: As, sam: User, mail: Mail) -> None:
    settle(mail, MailState.FAILED)
    as_(sam).post(button("retry", mail))
    page = as_(sam).get(reverse("admin:mailing_mail_history", args=[mail.pk]), follow=True)
    assert [event.verb for event in page.context["cl"].result_list] == ["mail.retried"]
