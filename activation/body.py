"""What stands in the body of an activation, in its tile and on its page alike."""

from datetime import datetime
from typing import Any

from activation.history import history
from activation.models import Activation
from activation.possible import actions
from activation.tiles import Tile
from catalog.terms import term_in_words
from licenses.models import License
from resellers.models import User


def body(license: License, user: User, now: datetime) -> dict[str, Any]:
    """Return the template's values; the number of queries does not depend on the license."""
    today = license.reseller.day_of(now)
    activations = Activation.objects.for_reseller(license.reseller).select_related("by")
    return {
        "tile": Tile(license, today),
        "license": license,
        "activation": activations.get(license=license),
        "term": term_in_words(license.order.term_months),
        "actions": actions(license, user=user, today=today),
        "history": history(license, user, now),
    }
