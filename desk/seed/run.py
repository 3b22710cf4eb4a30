"""The whole of it: one transaction, all or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection, transaction

from activation.models import Activation, Customer
from billing.models import BalanceEntry, CardPayment
from catalog.models import Product
from desk.seed.basics import lay_basics
from desk.seed.progress import Progress
from desk.seed.schema import without_indexes
from desk.seed.sizes import Sizes, Unseedable
from desk.seed.trade import Trade
from licenses.models import License, Period, Renewal, RenewalAttempt
from mailing.models import Mail
from orders.models import Order, Refund
from resellers.models import AuditEvent, Reseller, User

LOADED = (
    *(Order, License, Period, Renewal, RenewalAttempt, Customer, Activation, Refund),
    *(BalanceEntry, CardPayment, Mail, AuditEvent),
)


def holds_data() -> bool:
    """Say whether anything is there that sample data would mix with."""
    return any(model._default_manager.exists() for model in (Order, Reseller, Product))


def seed(sizes: Sizes, *, now: datetime, say: Callable[[str], object]) -> None:
    """Fill an empty database with sample data; `say` is told how it goes.

    Of two that begin at once, the second waits and is refused. Raises Unseedable on a database that
    already holds orders, resellers or products, or people with addresses of the sample's kind.
    `now` is an aware moment.
    """
    progress, now = Progress(say), now.astimezone(UTC).replace(microsecond=0)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seed'))")
        _refuse_to_mix()
        cursor.execute("SET LOCAL maintenance_work_mem = '192MB'")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        basics = lay_basics(sizes, now)
        progress(f"{len(basics.companies)} resellers with people, partners, products and prices")
        with without_indexes(cursor, [model._meta.db_table for model in LOADED]):
            Trade(sizes, now, basics, cursor, progress).lay()
        progress("indexes and keys made again")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    progress("statistics gathered")


def _refuse_to_mix() -> None:
    if holds_data():
        raise Unseedable(
            "This database already holds orders, resellers or products; sample data would mix with "
            "them. Give seed a new, migrated database, or --if-empty to leave this one as it is."
        )
    taken = User.objects.filter(email__iendswith=".example").values_list("email", flat=True).first()
    if taken:
        raise Unseedable(
            f"{taken} is already a person here, and sample people have such addresses. Give seed a "
            "new, migrated database."
        )
