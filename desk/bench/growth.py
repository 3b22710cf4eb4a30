"""The other pages: how their cost grows, and what their last pages and sorts cost."""

from collections.abc import Callable, Iterable
from functools import partial
from statistics import median

from django.test import Client

from activation.filters import ActivationFilter
from desk.bench.filters import beside_the_first
from desk.bench.ground import ALL_DAYS, BASE, FULL, Ground, acme, newest_with_licenses
from desk.bench.rows import Figure, Row, row
from desk.bench.timing import once
from licenses.filters import LicenseKeyFilter
from orders.models import Order

MOST_GROWTH = 1.25


def growth(ground: Ground, address: Callable[[], str]) -> Figure:
    """Open a page in both databases by turns, in each at the address that is right there."""
    taken: dict[str, list[float]] = {BASE: [], FULL: []}
    for _ in range(max(3, ground.rounds // 3)):
        for name in (BASE, FULL):
            with ground.on(name):
                open_it = partial(open_page, ground.client(name), address())
                open_it()
                taken[name].append(once(open_it))
    base, full = median(taken[BASE]), median(taken[FULL])
    return Figure(full / base, {"base_ms": base, "full_ms": full})


def open_page(client: Client, address: str) -> None:
    """Open a page. Raises ValueError unless it is shown."""
    status = client.get(address).status_code
    if status != 200:
        raise ValueError(f"{address} answered {status}")


def grows(name: str, what: str, address: Callable[[], str]) -> Row:
    """Return the row of a page's growth."""

    def measure(ground: Ground) -> Figure:
        return growth(ground, address)

    compares = f"{what}: full size against the smaller one"
    return Row(name, compares, "x", MOST_GROWTH, "at most", True, measure)


def newest_order() -> str:
    """Return the address of an order with licenses."""
    return f"/orders/{newest_with_licenses(acme()).number}/"


def search_for_a_customer() -> str:
    """Return a search for how a customer's name begins."""
    return f"/search/?q={acme().customers.latest('pk').company[:4]}"


GROWTH = (
    grows("home_growth", "the home page", lambda: "/"),
    grows("search_growth", "the search for a customer", search_for_a_customer),
    grows("activations_growth", "all activations", lambda: f"/activations/?{ALL_DAYS}"),
    grows("renewals_growth", "the renewals ahead", lambda: "/renewals/"),
    grows("balance_growth", "all entries of the balance", lambda: f"/balance/?{ALL_DAYS}"),
    grows("order_growth", "an opened order", newest_order),
    grows("keys_growth", "its license keys", lambda: f"{newest_order()}license-keys/"),
)


def largest_order() -> Order:
    """Return Acme's order with most licenses."""
    return Order.objects.for_reseller(acme()).filter(state="processed").order_by("-quantity")[0]


def pages_of(address: str, sorts: Iterable[str], mark: str) -> dict[str, str]:
    """Return a list's last page, one in the middle, and its first and last page in each sort."""
    asked = ["page=200", "page=last"]
    asked += [f"sort={sort}{page}" for sort in sorts if sort for page in ("", "&page=last")]
    return {query: f"{address}{mark}{query}" for query in asked}


@row(
    "license keys of a large order: the slowest page or sort against the first",
    "x",
    at_most=2,
    aim=True,
)
def keys_worst_page(ground: Ground) -> Figure:
    """Turn to the last page, to one in the middle, and sort by each column."""
    with ground.on(FULL):
        first = f"/orders/{largest_order().number}/license-keys/"
        return beside_the_first(ground, first, pages_of(first, LicenseKeyFilter.sorts, "?"))


@row("activations: the slowest page or sort against the first", "x", at_most=2, aim=True)
def activations_worst_page(ground: Ground) -> Figure:
    """Turn to the last page, to one in the middle, and sort in each way."""
    with ground.on(FULL):
        first = f"/activations/?{ALL_DAYS}"
        return beside_the_first(ground, first, pages_of(first, ActivationFilter.sorts, "&"))


@row("entries of the balance: the slowest page or sort against the first", "x", at_most=2, aim=True)
def balance_worst_page(ground: Ground) -> Figure:
    """Turn to the last page, to one in the middle, and the oldest first."""
    with ground.on(FULL):
        first = f"/balance/?{ALL_DAYS}"
        return beside_the_first(ground, first, pages_of(first, ["number"], "&"))
