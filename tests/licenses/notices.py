"""Licenses that end on a day of one's choice, and what their reseller was told of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.models import EntryKind
from catalog.models import Price, Product
from licenses.calendar import period_days
from licenses.models import (
    AttemptOutcome,
    License,
    Notice,
    NoticeKind,
    Period,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)
from mailing.models import Mail
from resellers.models import Reseller
from tests.factories import PriceFactory, ProductFactory, make_active, make_entry, make_order

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def product_with_price(reseller: Reseller, amount: str = "120.00") -> Product:
    """Return a product that costs something for twelve months in the reseller's currency."""
    product = ProductFactory.create()
    PriceFactory.create(product=product, currency=reseller.currency, amount=Decimal(amount))
    return product


def ending(reseller: Reseller, days: int, *, recurrent: bool = False, **order: Any) -> License:
    """Return an active license whose To is so many days from TODAY."""
    if "product" not in order:
        price = Price.objects.select_related("product").first()
        order["product"] = price.product if price else product_with_price(reseller)
    license = make_order(reseller, quantity=1, recurrent=recurrent, **order).licenses.get()
    return make_active(license, ends_on=TODAY + days * DAY)


def paid(license: License, amount: str = "120.00", *, source: str = Source.BALANCE) -> Notice:
    """Renew a license as the engine does: renewal, entry, attempt, period, notice."""
    number = license.periods.count()
    assert license.anchor_on is not None
    starts_on, ends_on = period_days(license.anchor_on, license.order.term_months, number)
    renewal = Renewal.objects.create(
        reseller=license.reseller,
        license=license,
        number=number,
        state=RenewalState.PAID,
        amount=Decimal(amount),
        source=source,
        settled_at=MORNING,
    )
    license.ends_on = ends_on
    license.save(update_fields=["ends_on"])
    Period.objects.create(
        reseller=license.reseller,
        license=license,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        renewal=renewal,
    )
    make_entry(
        license.reseller,
        f"-{amount}",
        EntryKind.RENEWAL,
        reference=f"{license.order.number}/{license.uuid}",
    )
    return noticed(license, NoticeKind.PAID, number)


def failed(
    license: License,
    reason: str = "The balance does not cover it.",
    *,
    outcome: str = AttemptOutcome.NOT_COVERED,
    source: str = Source.BALANCE,
    again_on: date | None = TODAY + DAY,
) -> Notice:
    """Let a renewal fail as the engine does."""
    renewal = Renewal.objects.create(
        reseller=license.reseller,
        license=license,
        number=license.periods.count(),
        state=RenewalState.WAITING if again_on else RenewalState.ENDED,
        next_attempt_on=again_on,
    )
    RenewalAttempt.objects.create(
        reseller=license.reseller,
        renewal=renewal,
        on=TODAY,
        at=MORNING,
        source=source,
        outcome=outcome,
        reason=reason,
    )
    license.in_renewal = True
    license.save(update_fields=["in_renewal"])
    return noticed(license, NoticeKind.FAILED, renewal.number)


def noticed(license: License, kind: str, period: int) -> Notice:
    """Leave a notice that waits to be told."""
    return Notice.objects.create(
        reseller=license.reseller, license=license, period=period, kind=kind, on=TODAY
    )


def told(kind: str = "") -> list[tuple[str, str]]:
    """Return to whom the gathered mails go, and on which day, in the sequence of the outbox."""
    mails = Mail.objects.filter(key__startswith="notices/").order_by("pk")
    if kind:
        mails = mails.filter(key__contains=f"/{kind}/")
    return [(mail.to.partition("@")[0], mail.params["day"]) for mail in mails]
