"""The one place that rounds money."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_cents(amount: Decimal | int) -> Decimal:
    """Return an amount with two places, rounded half-up (as PostgreSQL rounds numeric)."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)
