"""The wall between resellers, looked at from outside: whatever the database refuses already."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import ForeignKey, Model
from psycopg2.sql import SQL, Identifier

from desk.verify.registry import invariant, offending

MIXING = SQL("""
    SELECT concat(%(table)s, ' ', row.id, ': ', %(relation)s)
    FROM {table} AS row
    LEFT JOIN {other} AS named ON named.id = row.{column}
    WHERE row.{column} IS NOT NULL
        AND (named.id IS NULL OR named.reseller_id <> row.reseller_id)
    ORDER BY row.id
""")


@invariant("No row names a row of another reseller, or one that does not exist.")
def nothing_mixes_two_resellers() -> Iterable[str]:
    """Return “table id: column” for each row that does, over every table that has a reseller."""
    for field in tenant_relations():
        yield from _mixing(field)


def tenant_relations() -> Iterator["ForeignKey[Model, Model]"]:
    """Yield every foreign key between two models that belong to a reseller."""
    for model in apps.get_models():
        if _belongs_to_a_reseller(model):
            for field in model._meta.concrete_fields:
                if isinstance(field, ForeignKey) and _belongs_to_a_reseller(field.related_model):
                    yield field


def _belongs_to_a_reseller(model: object) -> bool:
    if not isinstance(model, type) or not issubclass(model, Model):
        return False
    return any(field.column == "reseller_id" for field in model._meta.concrete_fields)


def _mixing(field: "ForeignKey[Model, Model]") -> Iterator[str]:
    """A person of the vendor's staff has no reseller and may be named anywhere."""
    return offending(
        MIXING.format(
            table=Identifier(field.model._meta.db_table),
            other=Identifier(field.related_model._meta.db_table),
            column=Identifier(field.column),
        ),
        table=field.model._meta.db_table,
        relation=field.name,
    )
