"""From a kind's templates to the text of a mail, or from what a company wrote instead."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings

from mailing.kinds import MailText
from mailing.models import Mail
from mailing.texts.chosen import chosen_for
from mailing.texts.declared import Filling
from mailing.texts.writing import Written, rendered


def letter(
    mail: Mail, subject: str, *, filling: Mapping[str, str] | None = None, **context: Any
) -> MailText:
    """Render `mail/<kind>.txt` and `mail/<kind>.html` with the context, `mail` and `reseller`.

    `filling` says what stands for the placeholders of the company's own text, if it has one: then
    that is what both say within their frame.
    """
    values = {"mail": mail, "reseller": mail.reseller, "site_url": settings.SITE_URL, **context}
    own = chosen_for(mail, Filling(filling or {}, values))
    if own:
        return framed(mail.kind, values, replace(own, subject=own.subject or subject))
    values["subject"] = subject
    text = rendered(f"mail/{mail.kind}.txt", values, escaped=False)
    return MailText(subject, text.strip() + "\n", rendered(f"mail/{mail.kind}.html", values))


def framed(kind: str, values: Mapping[str, Any], own: Written) -> MailText:
    """Return an own text within the frame of a kind's templates."""
    values = {**values, "subject": own.subject}
    text = rendered(f"mail/{kind}.txt", {**values, "own": own.text}, escaped=False)
    html = rendered(f"mail/{kind}.html", {**values, "own": own.html})
    return MailText(own.subject, text.strip() + "\n", html)
