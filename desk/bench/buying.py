"""A purchase beside a bare INSERT of the same rows, and an activation."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from statistics import median
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Model
from psycopg2.sql import SQL, Composed, Identifier

from billing.actions import adjust_balance
from billing.models import Account, BalanceEntry
from desk.bench.ground import (
    FULL,
    Ground,
    acme,
    charlie,
    globex,
    moment,
    newest_with_licenses,
    staff,
)
from desk.bench.rows import Figure, row
from desk.bench.timing import Stopwatch, each, timed
from licenses.codes import new_activation_code
from licenses.models import License
from mailing.models import Mail
from orders.actions import buy
from orders.models import Order
from orders.purchases import MOST, Purchase, quote
from resellers.models import AuditEvent

LEAST_PURCHASES = 20
AS_THE_LAST = SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id = {pk}")
LICENSES = """
    INSERT INTO licenses_license (
        reseller_id, uuid, order_id, product_id, activation_code, recurrent)
    SELECT reseller_id, gen_random_uuid(), id, product_id, code, false
    FROM orders_order, unnest(%(codes)s) AS code
    WHERE number = '0000000000'
"""
TAKE = "UPDATE billing_account SET balance = balance - 1, next_sequence = next_sequence + 1"


def purchase() -> Purchase:
    """Return the wish for 500 licenses of what Globex bought last, at today's price."""
    last, account = newest_with_licenses(globex()), Account.objects.get(reseller=globex())
    today = account.reseller.day_of(moment())
    price = quote(account, last.product, last.term_months, MOST, today)
    if price is None:
        raise ValueError(f"{last.product} has no price")
    return Purchase(
        product=last.product,
        term_months=last.term_months,
        quantity=MOST,
        distribution_company=None,
        recurrent=False,
        reference="",
        expected_amount=price.amount,
        key=uuid4(),
    )


def bought() -> Stopwatch:
    """Buy 500 licenses and time it."""
    wish, actor = purchase(), charlie()
    with timed() as watch:
        buy(wish, actor=actor, now=moment())
    return watch


def inserted() -> Stopwatch:
    """Insert the rows of the last purchase once more, time that, and take them back."""
    statements = list(bare_statements(Order.objects.latest("pk")))
    codes = [new_activation_code() for _ in range(MOST)]
    with transaction.atomic(), connection.cursor() as cursor:
        with timed() as watch:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(LICENSES, {"codes": codes})
            cursor.execute(TAKE)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return watch


def bare_statements(order: Order) -> Iterator[Composed]:
    """Yield the INSERT of each single row of a purchase."""
    entry = BalanceEntry.objects.get(key=f"purchase/{order.number}")
    mail = Mail.objects.filter(about=order.number).latest("pk")
    event = AuditEvent.objects.filter(about=order.number).latest("pk")
    yield again(order, number="'0000000000'", key="gen_random_uuid()")
    yield again(entry, sequence="sequence + 1", key="'purchase/0'")
    yield again(mail, key="'bench'")
    yield again(event)


def again(like: Model, **changes: str) -> Composed:
    """Return the INSERT of a row like another; `changes` are expressions, by column."""
    fields = [field for field in like._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    values = [SQL(changes[name]) if name in changes else Identifier(name) for name in columns]
    return AS_THE_LAST.format(
        table=Identifier(like._meta.db_table),
        columns=SQL(", ").join(map(Identifier, columns)),
        values=SQL(", ").join(values),
        pk=SQL(str(like.pk)),
    )


def fill() -> None:
    """Give Globex's balance all that the bench buys."""
    reason, amount = "Speed is measured.", Decimal(100_000_000)
    deposit = partial(adjust_balance, globex().pk, amount, reason, key=uuid4())
    deposit(actor=staff(), now=moment())


def purchases(ground: Ground) -> dict[str, float]:
    """Return the medians of both in milliseconds; they take turns."""
    with ground.on(FULL):
        fill()
        bought(), inserted()
        rounds = max(LEAST_PURCHASES, ground.rounds)
        pairs = [(bought().seconds, inserted().seconds) for _ in range(rounds)]
    by_balance, bare = zip(*pairs, strict=True)
    return {"purchase_ms": median(by_balance) * 1000, "insert_ms": median(bare) * 1000}


@row("buying 500 licenses from the balance, in all", "ms", at_most=150, aim=True)
def purchase_500_ms(ground: Ground) -> Figure:
    """Buy, as the page does, and insert the same rows by hand beside it."""
    taken = ground.once("purchases", partial(purchases, ground))
    return Figure(taken["purchase_ms"], taken)


@row("the same against a bare INSERT of the same rows", "x")
def purchase_vs_insert(ground: Ground) -> Figure:
    """Buy and insert in turns."""
    taken = ground.once("purchases", partial(purchases, ground))
    return Figure(taken["purchase_ms"] / taken["insert_ms"], taken)


@row("activating a license for a known customer, the whole POST", "ms", at_most=30, aim=True)
def activation_ms(ground: Ground) -> Figure:
    """Send the form, for one license after another."""
    with ground.on(FULL):
        unused = License.objects.for_reseller(acme()).available().order_by("-pk")
        addresses = iter([str(license.uuid) for license in unused[: ground.rounds + 10]])
        taken = each(partial(activate, ground, addresses), ground.rounds)
    return Figure(median(taken), {"slowest_ms": max(taken)})


def activate(ground: Ground, addresses: Iterator[str]) -> None:
    """Send the form for the next license. Raises ValueError unless it was activated."""
    customer = acme().customers.latest("pk")
    form = {"customer": "existing", "email": customer.email}
    answer = ground.client(FULL).post(f"/licenses/{next(addresses)}/activate/", form)
    if answer.status_code != 303:
        raise ValueError(f"the activation was answered {answer.status_code}")
