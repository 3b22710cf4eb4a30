"""The database's own wall between resellers."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint, Model


class SameReseller(BaseConstraint):
    """A composite foreign key: the row that `field` names must belong to the row's own reseller.

    It replaces the ordinary foreign key of that field (declare it with `db_constraint=False`); the
    other model needs a UniqueConstraint over `reseller` and `id`. A NULL in the field is allowed.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Add nothing to CREATE TABLE; the key follows once all tables exist."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Statement:  # type: ignore[override]
        """Return the statement that adds the key."""
        field = model._meta.get_field(self.field)
        table, other = model._meta.db_table, field.related_model._meta.db_table
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
            "REFERENCES %(other)s (%(others)s) DEFERRABLE INITIALLY DEFERRED",
            table=Table(table, quote),
            name=quote(self.name),
            columns=Columns(table, ["reseller_id", field.column], quote),
            other=Table(other, quote),
            others=Columns(other, ["reseller_id", "id"], quote),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Statement:  # type: ignore[override]
        """Return the statement that drops the key."""
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def validate(
        self, model: type[Model], instance: Model, exclude: Any = None, using: str = "default"
    ) -> None:
        """Leave the check to the database: forms offer only rows of the own reseller."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what a migration writes."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SameReseller):
            return NotImplemented
        return self.name == other.name and self.field == other.field

    __hash__ = None  # type: ignore[assignment]
