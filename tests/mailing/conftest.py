"""A kind of mail for tests: a greeting that counts how often it was written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailing import kinds
from mailing.kinds import MailText, NobodyThereError, UndeliverableError, mail_kind
from mailing.models import Mail
from mailing.steps import queue_mail
from resellers.models import Reseller


@pytest.fixture
def greeting() -> Iterator[str]:
    """A declared kind; with `gone` it is no longer to be sent, with `nobody` nobody is there."""

    @mail_kind("greeting", "Greeting")
    def write(mail: Mail) -> MailText:
        if mail.params.get("gone"):
            raise UndeliverableError("The party was cancelled.")
        if mail.params.get("nobody"):
            raise NobodyThereError("Nobody lives here.")
        return MailText("Hello\n Alice", f"Attempt {mail.attempts}", "<p>Hello</p>")

    yield "greeting"
    del kinds._kinds["greeting"]


@pytest.fixture
def queue(greeting: str, acme: Reseller) -> Callable[..., Mail]:
    """Put a greeting to Alice into the outbox."""

    def queued(key: str = "greeting/1", to: str = "alice@acme.example", **more: Any) -> Mail:
        return queue_mail(greeting, key=key, to=to, about="1234567890", reseller=acme, **more)

    return queued
