"""Every filter of the list of orders, alone and in pairs, beside the first page without any."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import combinations
from urllib.parse import urlencode

from desk.bench.ground import FULL, Ground, acme, moment
from desk.bench.pages import FIRST, opened
from desk.bench.rows import Figure, row
from desk.bench.timing import once, side_by_side
from licenses.models import License
from orders.filters import OrderFilter
from orders.models import Order

Query = dict[str, str]
MONTH, MEASURED = timedelta(days=30), 5
EVERYTHING = {"date_from": "", "date_to": ""}


def filters() -> Iterator[Query]:
    """Yield each filter with what finds much and, where it matters, with what finds little."""
    orders = Order.objects.for_reseller(acme())
    like = orders.filter(state="processed").exclude(reference="").latest("placed_at")
    used = License.objects.for_reseller(acme()).filter(customer__isnull=False)
    license = used.select_related("customer").latest("pk")
    today = acme().day_of(moment())
    year_ago, month_ago = (today - 12 * MONTH).isoformat(), (today - MONTH).isoformat()
    yield {"date_from": month_ago}
    yield {"date_to": year_ago}
    yield {"order_number": like.number[:1]}
    yield {"product": like.product.slug}
    yield {"state": "processed"}
    yield {"state": "failed"}
    yield {"payment_type": "card"}
    yield {"search": license.activation_code[:17]}
    yield {"search": license.customer.email if license.customer else ""}
    yield {"search": "a"}
    yield {"reference": like.reference[:2]}
    yield {"user": str(like.user_id)}
    partner = orders.exclude(distribution_company=None).latest("placed_at")
    yield {"distribution_company": str(partner.distribution_company_id)}
    yield {"activated_from": month_ago}
    yield {"activated_from": year_ago, "activated_to": month_ago}
    yield {"expires_to": month_ago}
    yield {"expires_from": month_ago}
    yield {"available": "true"}


def combined(found: list[Query]) -> Iterator[Query]:
    """Yield each alone and each two that bound different things."""
    yield from found
    for one, other in combinations(found, 2):
        if not one.keys() & other.keys():
            yield {**one, **other}


def addresses() -> Iterator[Query]:
    """Yield what is asked; raises ValueError when a filter of the list is left out."""
    found = list(filters())
    left_out = set(OrderFilter.base_filters) - {name for query in found for name in query}
    if left_out:
        raise ValueError(f"no value for {left_out}")
    yield from combined(found)


def beside_the_first(ground: Ground, first: str, others: Mapping[str, str]) -> Figure:
    """Compare the slowest of some pages with a list's first.

    `others` are addresses by what is said of them. Each is opened once; the slowest are measured.
    """
    pages = {name: opened(ground, address) for name, address in others.items()}
    slowest = sorted(pages, key=lambda name: -once(pages[name]))[:MEASURED]
    deeds = {"first": opened(ground, first), **{name: pages[name] for name in slowest}}
    taken = side_by_side(deeds, ground.rounds)
    beside = {f"{name} ms": taken[name] for name in sorted(taken, key=lambda name: -taken[name])}
    worst = max(taken[name] for name in slowest)
    return Figure(worst / taken["first"], {"pages": float(len(pages)), **beside})


def named(queries: Iterable[Query]) -> dict[str, str]:
    """Return the addresses of the list of orders by what they ask."""
    return {
        " & ".join(f"{name}={value}" for name, value in query.items()): (
            f"/orders/?{urlencode({**EVERYTHING, **query})}"
        )
        for query in queries
    }


@row("the slowest filter, alone or with another, against the first page", "x", at_most=2, aim=True)
def orders_worst_filter(ground: Ground) -> Figure:
    """Open the list with each filter alone and in pairs."""
    with ground.on(FULL):
        return beside_the_first(ground, FIRST, named(addresses()))


@row("the slowest sort of all orders against the first page", "x", at_most=2, aim=True)
def orders_worst_sort(ground: Ground) -> Figure:
    """Open the list in each of its orders."""
    with ground.on(FULL):
        return beside_the_first(ground, FIRST, named({"sort": key} for key in OrderFilter.sorts))
