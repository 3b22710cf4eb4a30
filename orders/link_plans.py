"""Which license of an order goes to which address of a pasted list, before anything is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from activation.limits import MOST_AN_HOUR, why_too_many, why_too_many_to_one
from activation.sending import Recipient
from licenses.links import KIND
from licenses.models import License
from licenses.querysets import NEVER_LEFT, LicenseQuerySet
from mailing.models import Mail
from orders.address_lists import Line, lines_of, read_lines
from orders.models import Order
from reseller_portal.display import day_text


@dataclass(frozen=True)
class Choice:
    """A line of the list and the license that goes there; `place` is its number in the order."""

    line: Line
    license: License
    place: int


@dataclass
class Plan:
    """What a list comes to. Nothing is sent while it has `problems`, or `doubts` unconfirmed.

    `reason` is what is wrong with the list as a whole.
    """

    reason: str = ""
    problems: list[Line] = field(default_factory=list)
    doubts: list[Line] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Return a text that changes with what would be sent to whom, and with what is doubtful."""
        chosen = [
            f"{choice.license.pk} {choice.license.code_number} {choice.line.to}"
            for choice in self.choices
        ]
        doubtful = [f"doubt {line.number}" for line in self.doubts]
        return hashlib.sha256("\n".join(chosen + doubtful).encode()).hexdigest()[:16]


def licenses_of(order: Order) -> LicenseQuerySet:
    """Return all licenses of an order, as they were issued."""
    return License.objects.for_reseller(order.reseller).filter(order=order).order_by("pk")


def free_licenses(order: Order) -> LicenseQuerySet:
    """Return those that can go to a customer: available, and no link sent yet."""
    return licenses_of(order).without_sent_link()


def plan(order: Order, text: str, now: datetime) -> Plan:
    """Check a pasted list line by line, and give each address a license.

    The number of queries does not depend on the list. Beyond what may be sent in an hour the lines
    are only counted.
    """
    lines = lines_of(text)
    free = free_licenses(order).count()
    reason = _why_not(order, len(lines), free, now)
    if len(lines) > MOST_AN_HOUR:
        return Plan(reason)
    read = list(read_lines(lines))
    problems = [line for line in read if line.problem]
    sound = [line for line in read if not line.problem]
    doubts = _doubts(order, sound)
    reason = reason or why_too_many_to_one(order.reseller, (x.to.email for x in sound), now) or ""
    if reason or problems:
        return Plan(reason, problems, doubts)
    return Plan("", [], doubts, _choices(order, read))


def _why_not(order: Order, count: int, free: int, now: datetime) -> str:
    if not count:
        return _("Paste at least one address.")
    if count > free:
        return why_too_few(order, count, free)
    return why_too_many(order.reseller, count, now) or ""


def why_too_few(order: Order, count: int, free: int) -> str:
    """Say that a list has more addresses than there are licenses to send."""
    said = ngettext(
        "The list has %(count)s address, and %(free)s of the order's licenses can be sent.",
        "The list has %(count)s addresses, and %(free)s of the order's licenses can be sent.",
        count,
    ) % {"count": number_format(count, force_grouping=True), "free": number_format(free)}
    return f"{said} {why_so_few(order, free)}".strip()


def why_so_few(order: Order, free: int) -> str:
    """Say how many available licenses were sent to somebody already; nothing if none was."""
    sent = order.available - free
    if sent <= 0:
        return ""
    said = ngettext(
        "%(sent)s more is available, but its link was sent to a customer already: replace its code "
        "to take it back.",
        "%(sent)s more are available, but their links were sent to customers already: replace "
        "their codes to take them back.",
        sent,
    )
    return said % {"sent": number_format(sent)}


def _doubts(order: Order, lines: Sequence[Line]) -> list[Line]:
    """Return the lines with an address that stands above, or has got a link of this order."""
    before, got = dict[str, int](), _got_one(order)
    doubts = []
    for line in lines:
        address = line.to.email.lower()
        said = ""
        if address in before:
            said = _("The same address as in line %(number)d.") % {"number": before[address]}
        elif address in got:
            day = day_text(got[address])
            said = _("A link of this order went there on %(day)s.") % {"day": day}
        before.setdefault(address, line.number)
        if said:
            doubts.append(Line(line.number, line.to, said))
    return doubts


def _got_one(order: Order) -> dict[str, datetime]:
    sent = licenses_of(order).filter(link_sent_at__isnull=False).order_by()
    ids = sent.annotate(public_id=Cast("uuid", CharField())).values("public_id")
    mails = Mail.objects.for_reseller(order.reseller).of_kind(KIND).filter(about__in=ids)
    rows = mails.exclude(state__in=NEVER_LEFT).order_by("queued_at").values_list("to", "queued_at")
    return {to.lower(): at for to, at in rows}


def _choices(order: Order, lines: Sequence[Line]) -> list[Choice]:
    keys = licenses_of(order).values_list("pk", flat=True)
    places = {key: place for place, key in enumerate(keys, start=1)}
    chosen = free_licenses(order).select_related("reseller")[: len(lines)]
    return [
        Choice(line, license, places[license.pk])
        for line, license in zip(lines, chosen, strict=True)
    ]


def deliveries(planned: Plan, key: str) -> list[tuple[License, Recipient, str]]:
    """Return what is queued: each license, whom it goes to, and the mail's key."""
    return [
        (choice.license, choice.line.to, f"{key}{choice.line.number:05d}")
        for choice in planned.choices
    ]
