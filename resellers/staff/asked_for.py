"""Jobs that a person of a reseller has asked for."""

from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from resellers.models import User

MOST = 100


class AskedFor:
    """What the list of such jobs has: each has a `uuid` and is `by` somebody."""

    list_select_related: ClassVar[Any] = ("reseller", "by")
    search_fields: ClassVar[Any] = ("by__email",)
    search_help_text: ClassVar[Any] = _(
        "A job's UUID, or the beginning of a person's e-mail address."
    )

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the job's own name, or by who asked."""
        with suppress(ValueError):
            return rows.filter(uuid=UUID(term))
        people = User.objects.filter(email__startswith=term.lower()).values_list("pk", flat=True)
        return rows.filter(by__in=list(people[:MOST]))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a job."""
        return str(obj.uuid)
