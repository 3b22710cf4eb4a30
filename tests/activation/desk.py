"""Looking at activated licenses as people do."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from licenses.models import License
from resellers.models import Reseller, User
from tests.factories import make_active, make_order

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/activations/"}


def activated(reseller: Reseller, **options: Any) -> License:
    """Return the activated license of an order of its own."""
    order = options.pop("order", None) or {}
    return make_active(make_order(reseller, quantity=1, **order).licenses.get(), **options)


def shown(page: str) -> list[str]:
    """Return the ids of the tiles on a page, in their order."""
    return re.findall(r'<details class="tile" id="activation-([0-9a-f-]{36})"', page)


def ids(*licenses: License) -> list[str]:
    """Return the ids of licenses."""
    return [str(license.uuid) for license in licenses]
