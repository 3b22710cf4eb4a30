"""What is for resale, by product: bars as SVG, and the same as a table."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.http import urlencode

from orders.models import Order
from resellers.models import Reseller

WIDTH = 600


@dataclass(frozen=True)
class Shelf:
    """The licenses of one product that are for resale, and in how many orders they are."""

    product: str
    slug: str
    licenses: int
    orders: int

    @property
    def url(self) -> str:
        """Return the list of these orders."""
        return _orders(available="true", product=self.slug)


@dataclass(frozen=True)
class Stock:
    """All products of which there is something, the most first."""

    shelves: list[Shelf]

    @cached_property
    def licenses(self) -> int:
        """Return how many licenses are for resale."""
        return sum(shelf.licenses for shelf in self.shelves)

    @cached_property
    def orders(self) -> int:
        """Return in how many orders they are."""
        return sum(shelf.orders for shelf in self.shelves)

    @property
    def url(self) -> str:
        """Return the list of these orders."""
        return _orders(available="true")

    def bars(self) -> list[tuple[Shelf, int]]:
        """Return each product with the width of its bar, of WIDTH units."""
        most = max((shelf.licenses for shelf in self.shelves), default=1)
        return [(shelf, max(1, shelf.licenses * WIDTH // most)) for shelf in self.shelves]


def stock_of(reseller: Reseller) -> Stock:
    """Return what a company has for resale: one query."""
    orders = Order.objects.for_reseller(reseller).with_available().order_by()
    rows = orders.values_list("product__name", "product__slug").annotate(
        left=Sum("available"), number=Count("pk")
    )
    return Stock([Shelf(*row) for row in rows.order_by("-left", "product__name")])


def _orders(**query: str) -> str:
    return f"{reverse('orders:list')}?{urlencode(query)}"
