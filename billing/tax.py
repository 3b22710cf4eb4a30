"""The tax on net amounts: it stands on receipts and statements, not in the balance."""

from decimal import Decimal

from reseller_portal.money import to_cents


def tax_on(net: Decimal, rate: Decimal) -> Decimal:
    """Return the tax on a net amount; `rate` is in per cent."""
    return to_cents(net * rate / 100)
