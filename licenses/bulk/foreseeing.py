"""Working out what a change of many licenses would come to; nothing is changed.

The number of queries does not depend on how many they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from billing.models import ZERO, Account, Card
from billing.steps import why_parked
from licenses.bulk.billing import sort_out
from licenses.bulk.previews import Line, Preview
from licenses.calendar import period_days
from licenses.models import BulkOutcome, BulkVerb, License, Period, Source
from licenses.querysets import LicenseQuerySet
from licenses.reasons import why_not_renew
from licenses.renewing import cards
from licenses.renewing.telling import reasons
from licenses.upcoming.due import charge_day, with_pending
from licenses.upcoming.prices import todays_price
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.roles import Right


def foresee(verb: BulkVerb, keys: Sequence[int], *, actor: User, now: datetime) -> Preview:
    """Return what a person's change of these licenses of their company would come to.

    Raises Refusal for a renewal while the account is parked.
    """
    reseller = actor.reseller
    if reseller is None:
        raise ValueError("bulk changes are for people of a reseller")
    today = reseller.day_of(now)
    rows = _with_charges(keys, reseller, today)
    if verb == BulkVerb.RENEW:
        account = Account.objects.select_related("reseller").get(reseller=reseller)
        if account.is_parked:
            raise Refusal(why_parked())
        may_pay = actor.may(Right.ADMINISTER) and cards.usable(reseller)
        default = Card.objects.default_of(reseller) if may_pay else None
        card = default if default and default.refused_at is None else None
        lines = list(_renewed(rows, account, today, card=card))
        return Preview(verb, lines, account, card, declined=None if card else default)
    return Preview(verb, _turned(rows, today, recurrent=verb == BulkVerb.TURN_ON))


def _with_charges(keys: Sequence[int], reseller: Reseller, today: date) -> LicenseQuerySet:
    mine = License.objects.for_reseller(reseller).filter(pk__in=keys)
    rows = with_pending(mine, reseller).with_payment_under_way()
    price = todays_price(reseller.currency, today)
    priced: Any = rows.annotate(charged_on=charge_day(today), price=price)
    licenses: LicenseQuerySet = priced.select_related("product", "order")
    return licenses.defer("product__terms_text")


def _turned(rows: LicenseQuerySet, today: date, *, recurrent: bool) -> list[Line]:
    found = sort_out(rows.order_by("pk"), recurrent, today)
    changed: list[Any] = found.changed
    waiting = BulkOutcome.WAITING
    return [
        *(Line(each, waiting, amount=each.price, day=each.charged_on) for each in changed),
        *(Line(each, BulkOutcome.SAME) for each in found.same),
        *(Line(each, BulkOutcome.REFUSED, reason) for each, reason in found.refused),
    ]


def _renewed(
    rows: LicenseQuerySet, account: Account, today: date, *, card: Card | None
) -> Iterator[Line]:
    """Let the balance pay each license that it covers in its turn, earliest To first."""
    licenses: list[Any] = list(rows.order_by("ends_on", "pk"))
    numbers = _next_numbers(account.reseller, licenses)
    left, otherwise = account.available, Source.CARD if card else ""
    for license in licenses:
        line = _next_period(license, numbers.get(license.pk, 0), today)
        amount = line.amount or ZERO
        if line.outcome != BulkOutcome.WAITING:
            yield line
        elif amount <= left:
            left -= amount
            yield replace(line, source=Source.BALANCE)
        else:
            yield replace(line, source=otherwise)


def _next_period(license: Any, number: int, today: date) -> Line:
    reason = why_not_renew(license, today)
    if reason is None and license.price is None:
        reason = reasons()["no_price"]
    if reason:
        return Line(license, BulkOutcome.REFUSED, reason)
    _first, last = period_days(license.anchor_on, license.order.term_months, number)
    return Line(license, BulkOutcome.WAITING, number=number, amount=license.price, day=last)


def _next_numbers(reseller: Reseller, licenses: Sequence[License]) -> dict[int, int]:
    """Return the number of each license's next period."""
    periods = Period.objects.for_reseller(reseller).filter(license__in=licenses)
    counted = periods.order_by().values("license_id").annotate(count=Count("pk"))
    return {row["license_id"]: row["count"] for row in counted}
