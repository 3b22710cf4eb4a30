"""Mails of no reseller do not outlive their week."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailing import cleaning
from mailing.models import Mail
from resellers.models import Reseller

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


def mail(state: str, age: timedelta, reseller: Reseller | None = None) -> Mail:
    """Make a mail in a state, queued that long ago."""
    queued = timezone.now() - age
    sent = queued if state == "done" else None
    values = {"kind": "password_reset", "to": "someone@acme.example", "about": "password-reset"}
    return Mail.objects.create(
        **values,
        key=f"{state}/{age}",
        state=state,
        sent_at=sent,
        queued_at=queued,
        reseller=reseller,
    )


@pytest.mark.parametrize("state", ["dropped", "done", "failed", "stuck"])
def test_after_a_week_a_mail_of_no_reseller_is_gone(db: None, state: str) -> None:
    mail(state, WEEK + HOUR)
    young = mail(state, WEEK - HOUR)
    cleaning.clean_up(timezone.now())
    assert list(Mail.objects.all()) == [young]


def test_mails_of_a_reseller_and_mails_that_wait_are_kept(acme: Reseller) -> None:
    kept = {mail("done", WEEK + HOUR, acme), mail("queued", WEEK + HOUR)}
    cleaning.clean_up(timezone.now())
    assert set(Mail.objects.all()) == kept
