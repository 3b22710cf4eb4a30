"""The second wall between resellers: the database refuses each row that names another's."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey, Model
from psycopg2.sql import SQL, Identifier, Placeholder

from desk.verify.tenancy import tenant_relations
from resellers.models import User
from tests.desk.seeding import fetched, rolled_back
from tests.factories import ResellerFactory

# Columns that may also name a member of the vendor's staff, who has no reseller.
STAFF_TOO = {
    ("activation_activation", "by_id"),
    ("billing_balanceentry", "actor_id"),
    ("billing_cardpayment", "actor_id"),
    ("billing_cardrefund", "actor_id"),
    ("licenses_renewal", "actor_id"),
    ("licenses_renewalattempt", "actor_id"),
    ("mailing_emailtext", "changed_by_id"),
    ("mailing_mail", "actor_id"),
    ("mailing_mail", "set_aside_by_id"),
    ("orders_refund", "asked_by_id"),
    ("orders_refund", "decided_by_id"),
    ("people_invitation", "invited_by_id"),
    ("resellers_auditevent", "actor_id"),
}

RELATIONS = list(tenant_relations())
WALLED = [
    field for field in RELATIONS if (field.model._meta.db_table, field.column) not in STAFF_TOO
]


def name(field: "ForeignKey[Model, Model]") -> str:
    return f"{field.model._meta.db_table}.{field.column}"


COMPOSITE = """
    SELECT conname FROM pg_constraint AS key
    WHERE contype = 'f' AND convalidated
        AND conrelid = %(table)s::regclass AND confrelid = %(other)s::regclass
        AND (
            SELECT array_agg((own.attname, their.attname)::text ORDER BY own.attname)
            FROM unnest(key.conkey, key.confkey) AS pair (own, their)
            JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.own
            JOIN pg_attribute AS their ON their.attrelid = confrelid AND their.attnum = pair.their
        ) @> ARRAY['(reseller_id,reseller_id)', %(pair)s]
"""


@pytest.mark.django_db
@pytest.mark.parametrize("field", WALLED, ids=name)
def test_every_relation_is_held_together_with_the_reseller(
    field: "ForeignKey[Model, Model]",
) -> None:
    named = fetched(
        COMPOSITE,
        table=field.model._meta.db_table,
        other=field.related_model._meta.db_table,
        pair=f"({field.column},{field.target_field.column})",
    )
    assert len(named) == 1


def test_who_may_be_staff_is_a_person() -> None:
    loose = [
        field for field in RELATIONS if (field.model._meta.db_table, field.column) in STAFF_TOO
    ]
    assert len(loose) == len(STAFF_TOO)
    assert {field.related_model for field in loose} == {User}


# Rows are written with nothing in them but what they name: only these walls may stop them.
LOOSE = """
    SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', %(table)s::regclass)
    UNION ALL
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'c' AND conrelid = %(table)s::regclass
    UNION ALL
    SELECT format('ALTER TABLE %%s ALTER %%I DROP NOT NULL', attrelid::regclass, attname)
    FROM pg_attribute
    WHERE attrelid = %(table)s::regclass AND attnum > 0 AND attnotnull AND attname <> 'id'
"""
ROW = SQL("INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING id")


def loosen(table: str) -> None:
    statements = [statement for (statement,) in fetched(LOOSE, table=table)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)


def write(table: str, **values: int) -> int:
    with connection.cursor() as cursor:
        row = ROW.format(
            table=Identifier(table),
            columns=SQL(", ").join(Identifier(column) for column in values),
            values=SQL(", ").join(Placeholder() for _ in values),
        )
        cursor.execute(row, list(values.values()))
        (number,) = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return int(number)


@pytest.mark.django_db
@pytest.mark.parametrize("field", WALLED, ids=name)
def test_a_row_that_names_a_strangers_is_refused(
    field: "ForeignKey[Model, Model]",
) -> None:
    acme, globex = (ResellerFactory.create(account=None) for _ in range(2))
    table, other = field.model._meta.db_table, field.related_model._meta.db_table
    for each in {table, other}:
        loosen(each)
    theirs = write(other, reseller_id=globex.pk)
    with rolled_back():
        write(table, reseller_id=globex.pk, **{field.column: theirs})
    with pytest.raises(IntegrityError, match="_same_reseller"), transaction.atomic():
        write(table, reseller_id=acme.pk, **{field.column: theirs})
