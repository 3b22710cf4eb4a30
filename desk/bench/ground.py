"""What every row stands on: two sizes of one world, and the person who works in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.test import Client
from django.utils import timezone

from desk.bench import databases
from desk.seed.run import holds_data, seed
from desk.seed.sizes import Sizes
from orders.models import Order
from resellers.models import Reseller, User

BASE, FULL = "base", "full"
NAMED = {"tiny": 300, "small": 30_000, "large": 1_000_000}
BASE_ORDERS = 10_000
MANY = 100_000
ALL_DAYS = "date_from=&date_to="


class NoSuchSize(Exception):
    """The size is neither known nor a number of orders that can be seeded."""


def orders_of(size: str) -> int:
    """Return the number of orders that a size means. Raises NoSuchSize."""
    if size in NAMED:
        return NAMED[size]
    if not size.isdigit():
        raise NoSuchSize(f"Give {', '.join(NAMED)}, or a number of orders.")
    return int(size)


@dataclass
class Ground:
    """A smaller and a full database with the same companies; rows measure `rounds` times.

    `base` and `full` are the numbers of orders of each. With `keep` both stay after the run, and
    those of an earlier run are used again, with what was bought and renewed in it.
    """

    full: int
    rounds: int
    say: Callable[[str], object]
    keep: bool = False
    clients: dict[str, Client] = field(default_factory=dict)
    known: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def base(self) -> int:
        """Return the orders of the smaller database."""
        return min(BASE_ORDERS, max(self.full // 2, 150))

    def lay(self) -> None:
        """Seed both. Raises Unseedable for a size that cannot be."""
        sizes = {name: self._sizes(orders) for name, orders in self.orders.items()}
        databases.make_empty()
        for name, size in sizes.items():
            self.say(f"{name}: {size.orders:,} orders")
            self._lay(self._database(name), size)

    def _lay(self, database: str, size: Sizes) -> None:
        if self.keep and databases.is_there(database):
            databases.bring_up_to_date(database)
        else:
            databases.make(database)
        with databases.used(database):
            if not holds_data():  # a seeding that was broken off left nothing
                seed(size, now=timezone.now(), say=self.say)

    def clear(self) -> None:
        """Drop what is not kept."""
        dropped = () if self.keep else map(self._database, self.orders)
        for name in (*dropped, databases.EMPTY):
            databases.drop(name)

    def _database(self, name: str) -> str:
        return f"kept_{self.orders[name]}_{self.companies}" if self.keep else name

    @property
    def orders(self) -> dict[str, int]:
        """Return how many orders each database holds."""
        return {BASE: self.base, FULL: self.full}

    @property
    def companies(self) -> int:
        """Return how many companies each database holds."""
        return 100 if self.full >= MANY else 10

    def _sizes(self, orders: int) -> Sizes:
        return Sizes(resellers=self.companies, orders=orders, licenses_per_order=10, seed=1)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Work on one of the two within the block."""
        with databases.used(self._database(name)):
            yield

    def once(self, name: str, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
        """Return what several rows are made of, measured for the first of them."""
        if name not in self.known:
            self.known[name] = measure()
        return self.known[name]

    def client(self, name: str) -> Client:
        """Return the browser in which Alice is signed in, for the database in use."""
        if name not in self.clients:
            client = Client(headers={"host": "127.0.0.1", "accept-encoding": "gzip"})
            client.force_login(alice())
            self.clients[name] = client
        return self.clients[name]


def acme() -> Reseller:
    """Return the largest reseller of the database in use."""
    return Reseller.objects.get(name__startswith="Acme")


def alice() -> User:
    """Return its admin."""
    return User.objects.select_related("reseller").get(email="alice@acme.example")


def globex() -> Reseller:
    """Return a company that only buys, so that what Alice sees stays as it was seeded."""
    return Reseller.objects.get(name__startswith="Globex")


def charlie() -> User:
    """Return its admin."""
    return User.objects.select_related("reseller").get(email="charlie@globex.example")


def staff() -> User:
    """Return a member of the vendor's staff."""
    return User.objects.get(email="sam@vendor.example")


def newest_with_licenses(reseller: Reseller) -> Order:
    """Return a company's newest order that was paid by balance and has licenses."""
    orders = Order.objects.for_reseller(reseller).filter(state="processed", payment_type="balance")
    return orders.latest("placed_at")


def moment() -> datetime:
    """Return now."""
    return timezone.now()
