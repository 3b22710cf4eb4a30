"""Every night all invariants are checked; what is broken stops the money it concerns."""

from datetime import datetime

import structlog

from billing.actions import park_account
from billing.models import Account
from desk.alerts import mail_staff
from desk.verify.registry import Result, check_all
from reseller_portal.refusals import Refusal

log = structlog.get_logger(__name__)

SHOWN = 10


def verify(now: datetime) -> list[Result]:
    """Check every invariant, park the accounts that break one, and tell vendor staff by mail.

    The mail goes out once a day, however often this is called. Returns what is broken.
    """
    broken = [result for result in check_all() if result.rows]
    if not broken:
        log.info("verified")
        return []
    for result in broken:
        log.error("invariant_broken", rule=result.name, rows=len(result.rows))
    park(broken, now)
    tell_staff(broken, now)
    return broken


def park(broken: list[Result], now: datetime) -> None:
    """Park the accounts that broke a rule about money, for the first rule that each broke."""
    reasons: dict[int, str] = {}
    for result in broken:
        for reseller in result.resellers:
            reasons.setdefault(reseller, result.sentence)
    running = Account.objects.filter(reseller__in=reasons, parked_at=None)
    for reseller in running.values_list("reseller_id", flat=True):
        try:
            park_account(reseller, reasons[reseller], actor=None, now=now)
        except Refusal:
            log.info("account_parked_meanwhile", reseller=reseller)


def tell_staff(broken: list[Result], now: datetime) -> None:
    """Queue a mail to everybody of the vendor's staff."""
    rules = [
        {"sentence": result.sentence, "rows": result.rows[:SHOWN], "count": len(result.rows)}
        for result in broken
    ]
    mail_staff("invariants_broken", now, {"rules": rules})
