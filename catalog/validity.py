"""From when to when prices hold, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from catalog.models import Price

Tier = tuple[str, int, int]


class Validity(models.TextChoices):
    """Whether a price holds on a day, of those of its product, term, currency and tier."""

    APPLIES = "applies", _("Applies today")
    TO_COME = "to_come", _("To come")
    OVER = "over", _("Over")


def validity(begins: date, followed_on: date | None, day: date) -> Validity:
    """Return which of them a price is on a day."""
    if begins > day:
        return Validity.TO_COME
    if followed_on is not None and followed_on <= day:
        return Validity.OVER
    return Validity.APPLIES


def last_day(followed_on: date | None) -> date | None:
    """Return the last day of a price; None as long as nothing follows it."""
    return None if followed_on is None else followed_on - timedelta(days=1)


@dataclass
class Course:
    """The prices of one currency, term and tier of a product, by what they are on a day."""

    currency: str
    term_months: int
    minimum_quantity: int
    now: "Price | None" = None
    to_come: "list[Price]" = field(default_factory=list)
    over: "list[tuple[Price, date]]" = field(default_factory=list)

    @property
    def newest(self) -> "Price":
        """Return the price that nothing follows."""
        return self.to_come[-1] if self.to_come else cast("Price", self.now)


def courses(prices: "Iterable[Price]", day: date) -> list[Course]:
    """Return the prices of one product as courses, each from its oldest price to its newest."""
    found: dict[Tier, list[Price]] = {}
    for price in sorted(prices, key=lambda price: price.valid_from):
        tier = (price.currency, price.term_months, price.minimum_quantity)
        found.setdefault(tier, []).append(price)
    return [_course(tier, found[tier], day) for tier in sorted(found)]


def _course(tier: Tier, prices: "list[Price]", day: date) -> Course:
    made = Course(*tier)
    follows = [price.valid_from for price in prices[1:]]
    for price, followed_on in zip(prices, [*follows, None], strict=True):
        match validity(price.valid_from, followed_on, day):
            case Validity.APPLIES:
                made.now = price
            case Validity.TO_COME:
                made.to_come.append(price)
            case Validity.OVER:
                made.over.append((price, (followed_on or day) - timedelta(days=1)))
    return made
