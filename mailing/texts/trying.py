"""A text tried out: filled with samples, on the page and in a mail to who writes it."""

from operator import attrgetter

from django.conf import settings
from django.template.loader import render_to_string

from mailing.kinds import MailKind, kinds
from mailing.texts.declared import Changeable, Filling
from mailing.texts.writing import Written, written
from resellers.models import Reseller

KIND = "email_text_tried"


def changeable_kinds() -> list[MailKind]:
    """Return the kinds of mail whose text a company may change, those to its own people last."""
    return sorted((kind for kind in kinds() if kind.changeable), key=attrgetter("to_company"))


def about_text(kind: str) -> str:
    """Return the public id of the text of a kind."""
    return f"email_text:{kind}"


def beginning(kind: MailKind) -> tuple[str, str]:
    """Return the subject and body with which an own text begins: near to the standard one."""
    text = render_to_string(f"mail/own/{kind.name}.txt")
    subject, _empty, body = text.partition("\n")
    return subject.strip(), body.strip()


def sampled(of: Changeable, subject: str, body: str, reseller: Reseller) -> Written:
    """Fill in a text that has no mistakes with what the kind has as samples."""
    sample = of.sample(reseller)
    surroundings = {"reseller": reseller, "site_url": settings.SITE_URL}
    return written(of, subject, body, Filling(sample.words, {**surroundings, **sample.context}))
