"""A pasted list of addresses, read line by line: whom a link goes to, or what is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from activation.link_forms import MOST_OF_A_NAME
from activation.sending import Recipient
from reseller_portal.name_fields import no_address, seen
from reseller_portal.secrets import hold_secrets

MOST_OF_AN_ADDRESS = 254
IN_BRACKETS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>[\s;,]*\Z")
BETWEEN = re.compile(r"[;,\t]")


@dataclass(frozen=True)
class Line:
    """A line with its number in the list, from 1 on; with a `problem` nothing goes to it."""

    number: int
    to: Recipient
    problem: str = ""


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines that say something, each with its number."""
    numbered = enumerate(text.splitlines(), start=1)
    return [(number, line.strip()) for number, line in numbered if line.strip()]


def read_lines(lines: list[tuple[int, str]]) -> Iterator[Line]:
    """Yield what each line says: `address`, `name <address>`, or both with ; , or a tab between."""
    for number, line in lines:
        email, name = _parts(line)
        to = Recipient(email, _plain(name))
        yield Line(number, to, _problem(to, line))


def _parts(line: str) -> tuple[str, str]:
    in_brackets = IN_BRACKETS.match(line)
    if in_brackets:
        return in_brackets["email"].strip(), in_brackets["name"]
    fields = [field.strip().strip("\"'").strip() for field in BETWEEN.split(line)]
    addresses = [field for field in fields if "@" in field]
    if len(addresses) != 1:
        return line, ""
    return addresses[0], " ".join(field for field in fields if field and field != addresses[0])


def _plain(name: str) -> str:
    return seen(" ".join(name.strip().strip("\"'").split()))


def _problem(to: Recipient, line: str) -> str:
    if "@" not in line:
        return _("There is no e-mail address in this line.")
    try:
        validate_email(to.email)
    except ValidationError:
        return _("Give one whole e-mail address in a line, such as name@company.example.")
    if len(to.email) > MOST_OF_AN_ADDRESS:
        return _("The address is longer than %(most)d characters.") % {"most": MOST_OF_AN_ADDRESS}
    if len(to.name) > MOST_OF_A_NAME:
        return _("The name is longer than %(most)d characters.") % {"most": MOST_OF_A_NAME}
    if hold_secrets(to.name):
        return _("Leave activation codes and links out: the mail brings the customer's own link.")
    return _why_no_name(to.name)


def _why_no_name(name: str) -> str:
    try:
        no_address(name)
    except ValidationError as wrong:
        return str(wrong.message)
    return ""
