"""Business words over customers."""

from typing import TYPE_CHECKING, Self

from django.db.models import Q, Value
from django.db.models.functions import Collate, Lower

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from activation.models import Customer  # noqa: F401 (ruff does not see the parameter)


def sorted_name(path: str = "") -> Collate:
    """Return the company as lists sort it, without regard to case; `path` leads to the customer."""
    return Collate(Lower(f"{path}company"), "C")


class CustomerQuerySet(ResellerQuerySet["Customer"]):
    """Customers of resellers."""

    def with_email(self, email: str) -> Self:
        """Keep the one registered with an e-mail, whatever its case; never an erased one."""
        known = self.alias(registered=Lower("email")).filter(registered=Lower(Value(email)))
        return known.filter(erased_at=None)

    def with_sorted_name(self) -> Self:
        """Add the company as lists sort it."""
        return self.alias(sorted_name=sorted_name())

    def of_company(self, typed: str) -> Self:
        """Keep those of a company, whatever the case of its name."""
        return self.with_sorted_name().filter(sorted_name=Lower(Value(typed)))

    def called(self, typed: str) -> Self:
        """Keep those whose company or registered e-mail is this, or begins so."""
        beginning = typed.strip().lower()
        named = self.with_sorted_name().alias(registered=Lower("email"))
        return named.filter(
            Q(sorted_name__startswith=beginning) | Q(registered__startswith=beginning)
        )
