"""Sending what lies in the outbox: at least once, and twice only under the same Message-ID."""

import hashlib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mailing.answers import judged
from mailing.kinds import MailText, NobodyThereError, UndeliverableError, kind_named
from mailing.models import Mail
from reseller_portal import running

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def deliver(mail_id: int) -> None:
    """Send one mail, if it is due and nobody else has taken it."""
    running.run_one(Mail.objects.all(), mail_id, send)


def sweep() -> int:
    """Send what is due, one mail after another, for a while; returns how many were tried."""
    return running.sweep(Mail.objects.all(), send)


def send(mail: Mail) -> dict[str, object]:
    """Write the mail and hand it to the server.

    Raises running.PermanentError, PointlessError or TemporaryError with the reason, for a person to
    read, and LeaseLostError when another worker has taken the mail over.
    """
    message = as_message(mail, write(mail))
    mail.renew_lease(timezone.now())  # a worker that was frozen until now must not send
    with judged():
        hand_over(message)
    return {"sent_at": timezone.now()}


def hand_over(message: EmailMultiAlternatives) -> None:
    """Give a message to the server. Django leaves the connection open after a refused sign-in."""
    server = get_connection()
    try:
        server.send_messages([message])
    finally:
        server.close()


def write(mail: Mail) -> MailText:
    """Return the mail's text as of now, in its reseller's time zone."""
    zone = mail.reseller.zone if mail.reseller else "UTC"
    try:
        kind = kind_named(mail.kind)
    except KeyError:
        raise running.TemporaryError(
            _("This worker does not know how to write a mail of this kind.")
        ) from None
    with timezone.override(zone), translation.override(settings.LANGUAGE_CODE):
        try:
            return kind.write(mail)
        except NobodyThereError as error:
            raise running.PointlessError(str(error)) from error
        except UndeliverableError as error:
            raise running.PermanentError(str(error)) from error


def as_message(mail: Mail, text: MailText) -> EmailMultiAlternatives:
    """Return the message with both bodies, and with an id that stays the same at each attempt."""
    message = EmailMultiAlternatives(
        subject=" ".join(text.subject.split()),
        body=text.text,
        to=[mail.to],
        reply_to=[text.reply_to] if text.reply_to else None,
        headers={**HEADERS, "Message-ID": message_id(mail)},
    )
    message.attach_alternative(text.html, "text/html")
    return message


def message_id(mail: Mail) -> str:
    """Return the Message-ID that belongs to the mail's key."""
    digest = hashlib.sha256(f"mail:{mail.key}".encode()).hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{digest}@{domain}>"
