"""Why a try at a renewal came to nothing: sentences for the reseller."""

from django.utils.translation import gettext as _


def reasons() -> dict[str, str]:
    """Return the sentence of each reason, by the name of the statements' parameter."""
    return {
        "not_covered": _("The balance did not cover it. Deposit money, or pay it by hand."),
        "not_in_turn": _(
            "The balance did not cover a license that ends earlier, and pays none out of turn. "
            "Deposit money, or pay this one by hand."
        ),
        "no_price": _(
            "There is no price any more for this product, term and quantity. Ask the vendor, or "
            "buy another product."
        ),
        "unknown": _("The card company has not answered yet. Nothing else is charged meanwhile."),
    }
