"""The list of orders: how its cost grows, and what it costs beside the least that it could."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from desk.bench.ground import ALL_DAYS, BASE, FULL, Ground, acme, moment
from desk.bench.rows import Figure, row
from desk.bench.statements import statement
from desk.bench.timing import each, side_by_side
from licenses.models import License

FIRST = f"/orders/?{ALL_DAYS}"
PLAIN_BYTES = 30_000


def opened(ground: Ground, address: str) -> Callable[[], object]:
    """Return the opening of a page, in full size; raises ValueError unless it is shown."""
    client = ground.client(FULL)

    def open_it() -> object:
        answer = client.get(address)
        if answer.status_code != 200:
            raise ValueError(f"{address} answered {answer.status_code}")
        return answer.content

    return open_it


@row("queries of the first page of all orders", "queries", at_most=6, aim=True)
def orders_page_queries(ground: Ground) -> Figure:
    """Count them, after the page was opened once."""
    with ground.on(FULL):
        open_it = opened(ground, FIRST)
        open_it()
        with CaptureQueriesContext(connection) as captured:
            open_it()
    return Figure(len(captured))


@row("the first page: full size against the smaller one", "x", at_most=1.25, aim=True)
def orders_page_growth(ground: Ground) -> Figure:
    """Take turns between the two databases."""
    taken: dict[str, list[float]] = {BASE: [], FULL: []}
    for _ in range(3):
        for name in (BASE, FULL):
            with ground.on(name):
                open_it = partial(ground.client(name).get, FIRST)
                taken[name] += each(open_it, max(1, ground.rounds // 3))
    base, full = median(taken[BASE]), median(taken[FULL])
    orders = {f"orders_{name}": float(count) for name, count in ground.orders.items()}
    return Figure(full / base, {"base_ms": base, "full_ms": full, **orders})


def beside_the_first(ground: Ground, address: str) -> Figure:
    """Compare a page with the first page of all orders."""
    with ground.on(FULL):
        deeds = {"first_ms": opened(ground, FIRST), "page_ms": opened(ground, address)}
        taken = side_by_side(deeds, ground.rounds)
    return Figure(taken["page_ms"] / taken["first_ms"], taken)


@row("the last page of all orders against the first", "x", at_most=2, aim=True)
def orders_last_page(ground: Ground) -> Figure:
    """Open both in turns."""
    return beside_the_first(ground, f"{FIRST}&page=last")


@row("orders found by the beginning of a code against the first page", "x", at_most=2, aim=True)
def orders_search_code(ground: Ground) -> Figure:
    """Search for a license of the largest company."""
    with ground.on(FULL):
        code = License.objects.for_reseller(acme()).latest("pk").activation_code
    return beside_the_first(ground, f"{FIRST}&search={code[:17]}")


@row("orders found by a customer's e-mail against the first page", "x", at_most=2, aim=True)
def orders_search_email(ground: Ground) -> Figure:
    """Search for the customer of a license in use."""
    with ground.on(FULL):
        used = License.objects.for_reseller(acme()).filter(customer__isnull=False)
        license = used.select_related("customer").latest("pk")
    email = license.customer.email if license.customer else ""
    return beside_the_first(ground, f"{FIRST}&search={email}")


@row("the first page against one raw query and a plain page of 30 KB", "x", at_most=2.5, aim=True)
def orders_vs_raw(ground: Ground) -> Figure:
    """Ask for the same 25 tiles with both counts by hand, and render as much text."""
    with ground.on(FULL):
        reseller = acme()
        values = {"reseller": reseller.pk, "today": reseller.day_of(moment())}
        deeds: dict[str, Callable[[], Any]] = {
            "page_ms": opened(ground, FIRST),
            "query_ms": partial(rows_of, statement("tiles"), values),
            "rendering_ms": plain_page(),
        }
        taken = side_by_side(deeds, ground.rounds)
    return Figure(taken["page_ms"] / (taken["query_ms"] + taken["rendering_ms"]), taken)


def rows_of(query: str, values: dict[str, Any]) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def plain_page() -> Callable[[], object]:
    """Return the rendering of a plain page: 25 items of 18 values each, 30 KB together."""
    now, values = moment(), ("1234567890", "Guard", 250, Decimal("1250.00"), True)
    item = [(f"Label {at}", now if at < 2 else values[at % len(values)]) for at in range(18)]
    line = '<div class="plain page"><dt>{{ label }}</dt><dd class="number">{{ value }}</dd></div>'
    inner = "{% for label, value in item %}" + line + "{% endfor %}"
    template = engines["django"].from_string(
        "{% for item in items %}<li>" + inner + "</li>{% endfor %}"
    )
    items = {"items": [item] * 25}
    if len(template.render(items)) < PLAIN_BYTES:
        raise ValueError("the plain page has become too small")
    return partial(template.render, items)


@row("what the first load of the list sends, its files included", "KB", at_most=60, aim=True)
def page_kb(ground: Ground) -> Figure:
    """Add the compressed files to the compressed page."""
    with ground.on(FULL):
        page = ground.client(FULL).get(FIRST)
        plain = ground.client(FULL).get(FIRST, headers={"accept-encoding": "identity"})
    files = set(re.findall(rf'"/{settings.STATIC_URL.strip("/")}/([^"#?]+)', plain.text))
    sent = sum(sent_for(Path(settings.STATIC_ROOT) / name) for name in files)
    whole = len(page.content) + sent
    return Figure(whole / 1000, {"page_kb": len(page.content) / 1000, "files": float(len(files))})


def sent_for(file: Path) -> int:
    """Return the bytes sent for a static file: of its compressed twin, where it has one."""
    twins = [file.with_name(f"{file.name}.{ending}") for ending in ("br", "gz")]
    return min(path.stat().st_size for path in (file, *twins) if path.exists())
