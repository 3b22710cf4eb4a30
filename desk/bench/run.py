"""All rows, one after another."""

from collections.abc import Iterator

from desk.bench import buying, exports, pages, renewals
from desk.bench.ground import Ground
from desk.bench.rows import Figure, Row

ROWS: tuple[Row, ...] = (
    buying.purchase_500_ms,
    buying.purchase_vs_insert,
    buying.activation_ms,
    pages.orders_page_queries,
    pages.orders_page_growth,
    pages.orders_last_page,
    pages.orders_search_code,
    pages.orders_search_email,
    pages.orders_vs_raw,
    pages.page_kb,
    exports.export_vs_copy,
    renewals.renew_per_s,  # last: they change what the others look at
    renewals.renew_two_workers,
    renewals.renew_vs_limit,
    renewals.sweep_idle_ms,
)


def measure(ground: Ground, only: str = "") -> Iterator[tuple[Row, Figure]]:
    """Measure each row whose name begins with `only`, and yield it with its figure."""
    for row in ROWS:
        if row.name.startswith(only):
            yield row, row.measure(ground)
