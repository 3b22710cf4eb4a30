"""Sample data for tests: made within a transaction that is rolled back."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg2.sql import SQL, Composed, Identifier

from billing.models import Account
from desk.seed.run import LOADED, seed
from desk.seed.sizes import Sizes
from resellers.models import DistributionCompany, Reseller, User

SMALL = Sizes(resellers=2, orders=60, licenses_per_order=4, seed=7)
COUNTED_ON = (
    *(
        "licenses_period",
        "licenses_renewal",
        "licenses_renewalattempt",
        "activation_activation",
        "orders_refund",
        "billing_cardrefund",
        "billing_balanceentry",
    ),
    *("mailing_mail", "resellers_auditevent"),
)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo everything at the end; actions that insist on their own transaction run in it.

    As in Django's TestCase, whose transactions bear this mark too.
    """
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]
    with undone:
        yield
        transaction.set_rollback(True)


def seeded_digest(sizes: Sizes, now: datetime) -> str:
    """Return a digest of every row of sample data, and leave the database empty."""
    with rolled_back():
        seed(sizes, now=now, say=lambda _: None)
        digest = hashlib.sha256()
        for model in (Reseller, User, DistributionCompany, Account, *LOADED):
            digest.update("\n".join(_rows(model._meta.db_table)).encode())
        return digest.hexdigest()


def _rows(table: str) -> list[str]:
    """Return the rows as text; without ids where the database itself counts them on."""
    rows = SQL("SELECT (to_jsonb(row) - %(without)s)::text FROM {} AS row ORDER BY 1")
    without = "id" if table in COUNTED_ON else ""
    return [line for (line,) in fetched(rows.format(Identifier(table)), without=without)]


def fetched(query: str | Composed, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def catalog() -> list[tuple[Any, ...]]:
    """Return every column, constraint, index and trigger of the schema, in the database's words."""
    return fetched("""
        SELECT 'constraint', conrelid::regclass::text, conname, contype::text,
            pg_get_constraintdef(oid) || condeferrable || condeferred || convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'index', tablename, indexname, '', indexdef
        FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT 'column', table_name, column_name, is_nullable, data_type
        FROM information_schema.columns WHERE table_schema = 'public'
        ORDER BY 1, 2, 3, 4, 5
    """)


def latest_moment() -> datetime:
    moments = fetched("""
        SELECT max(placed_at) FROM orders_order
        UNION ALL SELECT max(greatest(activated_at, cancelled_at)) FROM licenses_license
        UNION ALL SELECT max(at) FROM resellers_auditevent
        UNION ALL SELECT max(sent_at) FROM mailing_mail
        UNION ALL SELECT max(created_at) FROM activation_customer
    """)
    return max(row[0] for row in moments if row[0] is not None)  # type: ignore[no-any-return]
