"""What a notice says about its license, in mails and on the page that lists all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.models import (
    AttemptOutcome,
    License,
    Notice,
    NoticeKind,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)
from licenses.renewing.schedule import first_attempt_on
from licenses.status import LicenseStatus
from reseller_portal.display import day_text
from resellers.models import Reseller


@dataclass(frozen=True)
class Line:
    """One license of a gathered mail; `amount` is None where the catalog has no price."""

    notice: Notice
    license: License
    to: date
    amount: Decimal | None
    says: str
    path: str
    by_card: bool = False

    @property
    def currency(self) -> str:
        """Return the currency of the amount."""
        return str(self.license.order.currency)


@dataclass(frozen=True)
class Paying:
    """The renewal that a notice is about, and its last attempt, as far as there are any."""

    renewal: Renewal
    attempt: RenewalAttempt | None


def lines(notices: Iterable[Notice], today: date) -> list[Line]:
    """Return the line of each notice, loaded `with_parts` and `with_price`; two more queries."""
    loaded = list(notices)
    paying = payings(loaded)
    return [
        line(notice, paying.get((notice.license_id, notice.period)), today) for notice in loaded
    ]


def line(notice: Notice, paying: Paying | None, today: date) -> Line:
    """Return what one notice says."""
    license: License = notice.license
    to, amount = license.ends_on, getattr(notice, "price", None)
    if notice.kind == NoticeKind.PAID and paying and paying.renewal.state == RenewalState.PAID:
        to, amount = paying.renewal.period.ends_on, paying.renewal.amount
    if to is None:
        raise ValueError("only an activated license is told about")
    path = reverse("orders:show", args=[license.order.number])
    attempt = paying.attempt if paying else None
    by_card = attempt is not None and attempt.source == Source.CARD
    return Line(notice, license, to, amount, says(notice, paying, today), path, by_card)


def says(notice: Notice, paying: Paying | None, today: date) -> str:
    """Return the sentence of a notice, by its kind; what has changed since is said instead."""
    license: License = notice.license
    if license.cancelled_at is not None:
        return _("Cancelled since.")
    if notice.kind == NoticeKind.PAID:
        return paid(paying)
    if notice.kind == NoticeKind.FAILED:
        return failed(license, paying)
    if notice.kind == NoticeKind.AHEAD:
        return ahead(license)
    return ending(license, today)


def ahead(license: License) -> str:
    """Say when the renewal is paid."""
    if not license.recurrent or license.ends_on is None:
        return _("Renewing automatically was turned off since.")
    return _("It will be paid on %(day)s.") % {"day": day_text(first_attempt_on(license.ends_on))}


def paid(paying: Paying | None) -> str:
    """Say what paid the renewal."""
    by_card = paying is not None and paying.renewal.source == Source.CARD
    return _("Paid by credit card.") if by_card else _("Paid from the balance.")


def failed(license: License, paying: Paying | None) -> str:
    """Say why the renewal failed, and what happens next."""
    if paying is None:
        return _("Not renewed.")
    attempt = paying.attempt
    reason = attempt.reason if attempt else ""
    confirm = ""
    if attempt and attempt.outcome == AttemptOutcome.NEEDS_AUTHENTICATION:
        confirm = _("To confirm the payment, renew the license by hand: open its order.")
    parts = (reason, confirm, what_follows(license, paying.renewal))
    return " ".join(part for part in parts if part)


def what_follows(license: License, renewal: Renewal) -> str:
    """Say what happens next to a renewal that failed, or has happened since."""
    if renewal.state == RenewalState.PAID:
        return _("It was paid since.")
    if renewal.state == RenewalState.CHECKING:
        return _("The payment is being checked.")
    if renewal.next_attempt_on is None or not license.recurrent:
        return _("It is not tried again.")
    return _("Next try on %(day)s.") % {"day": day_text(renewal.next_attempt_on)}


def ending(license: License, today: date) -> str:
    """Say how long a license that does not renew can still be renewed."""
    grace_ends_on = license.grace_ends_on()
    status = license.status_on(today)
    if license.recurrent:
        return _("Renewing automatically was turned on since.")
    if status == LicenseStatus.EXPIRED or grace_ends_on is None:
        return _("It has expired: to go on, buy a new one.")
    if status == LicenseStatus.GRACE:
        return _("It can be renewed until %(day)s.") % {"day": day_text(grace_ends_on)}
    return _("It does not renew.")


def payings(notices: list[Notice]) -> Mapping[tuple[int, int], Paying]:
    """Return the renewals of notices, by license and number of the period."""
    kinds = (NoticeKind.PAID, NoticeKind.FAILED)
    wanted = {(notice.license_id, notice.period) for notice in notices if notice.kind in kinds}
    if not wanted:
        return {}
    reseller = notices[0].license.reseller
    renewals = Renewal.objects.for_reseller(reseller).filter(
        license__in={license for license, _number in wanted}
    )
    found = [
        renewal
        for renewal in renewals.select_related("period")
        if (renewal.license_id, renewal.number) in wanted
    ]
    last = _last_attempts(reseller, found)
    return {(each.license_id, each.number): Paying(each, last.get(each.pk)) for each in found}


def _last_attempts(reseller: Reseller, renewals: list[Renewal]) -> dict[int, RenewalAttempt]:
    attempts = RenewalAttempt.objects.for_reseller(reseller).filter(renewal__in=renewals)
    newest = attempts.order_by("renewal_id", "-at", "-pk").distinct("renewal_id")
    return {attempt.renewal_id: attempt for attempt in newest}
