"""What staff do about prices."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import Price
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def replace_price(price_id: int, amount: Decimal, valid_from: date, *, actor: User) -> Price:
    """Let another price follow from a day on; the old one stays for what was sold by it.

    Raises Refusal, at the field `valid_from`, if that day has its price already.
    """
    old = Price.objects.select_related("product").get(pk=price_id)
    try:
        with transaction.atomic():
            new = Price.objects.create(
                product=old.product,
                term_months=old.term_months,
                currency=old.currency,
                minimum_quantity=old.minimum_quantity,
                amount=amount,
                valid_from=valid_from,
            )
    except IntegrityError:
        raise Refusal(why_taken(), field="valid_from") from None
    about = f"price:{new.pk}"
    record("price.added", about, reseller=None, actor=actor, replaces=old.pk)
    return new


def why_taken() -> str:
    """Say why no second price can begin on a day."""
    return _(
        "A price for this product, term, currency and quantity begins on that day already. Choose "
        "another day, or change that price while it has not begun."
    )
