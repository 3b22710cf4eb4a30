"""Business words over customers."""

from typing import TYPE_CHECKING, Self

from django.db.models import Value
from django.db.models.functions import Lower

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from activation.models import Customer  # noqa: F401 (ruff does not see the parameter)


class CustomerQuerySet(ResellerQuerySet["Customer"]):
    """Customers of resellers."""

    def with_email(self, email: str) -> Self:
        """Keep the one registered with an e-mail, whatever its case."""
        return self.alias(registered=Lower("email")).filter(registered=Lower(Value(email)))
