"""All rows, one after another."""

from collections.abc import Iterator

from desk.bench import buying, exports, filters, growth, pages, posts, renewals, serving
from desk.bench.ground import Ground
from desk.bench.rows import Figure, Row

ROWS: tuple[Row, ...] = (
    pages.orders_page_queries,
    pages.orders_page_growth,
    filters.orders_worst_filter,
    filters.orders_worst_sort,
    pages.orders_last_page,
    pages.orders_search_code,
    pages.orders_search_email,
    pages.orders_vs_raw,
    pages.page_kb,
    serving.orders_rps,
    serving.orders_p99,
    *growth.GROWTH,
    growth.keys_worst_page,
    growth.activations_worst_page,
    growth.balance_worst_page,
    exports.export_vs_copy,
    exports.export_memory_mb,
    exports.export_first_progress_ms,
    buying.purchase_500_ms,  # from here on they change what the others look at
    buying.purchase_vs_insert,
    buying.activation_ms,
    posts.slowest_post_ms,
    renewals.renew_per_s,
    renewals.renew_two_workers,
    renewals.renew_vs_limit,
    renewals.sweep_idle_ms,
)


def measure(ground: Ground, only: str = "") -> Iterator[tuple[Row, Figure]]:
    """Measure each row whose name begins with `only`, and yield it with its figure."""
    for row in ROWS:
        if row.name.startswith(only):
            yield row, row.measure(ground)
