"""Every night all invariants are checked; what is broken stops the money it concerns.

Staff are told of that, and of money by card whose outcome they have to find out.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from billing.actions import park_account
from billing.models import Account, CardPayment, CardRefund, CardRefundState, PaymentState
from desk.verify.registry import Result, check_all
from mailing.steps import queue_mail
from reseller_portal.refusals import Refusal
from resellers.models import User

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
    _queue("invariants_broken", now, {"rules": rules})


def tell_of_parked(now: datetime) -> bool:
    """Tell vendor staff, once a day, that money by card waits for them; False if none does."""
    payments = CardPayment.objects.filter(state=PaymentState.PARKED)
    refunds = CardRefund.objects.filter(state=CardRefundState.PARKED)
    found = {"payments": payments.count(), "refunds": refunds.count()}
    if not any(found.values()):
        return False
    _queue("card_money_waits", now, found)
    return True


def _queue(kind: str, now: datetime, params: dict[str, Any]) -> None:
    with transaction.atomic():
        for person in User.objects.filter(is_staff=True, is_active=True):
            queue_mail(
                kind,
                key=f"{kind.replace('_', '-')}/{now.date()}/{person.pk}",
                to=person.email,
                about="verify",
                reseller=None,
                params=params,
                now=now,
            )
