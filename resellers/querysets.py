"""Business words over many rows of whatever belongs to a reseller."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from resellers.models import Reseller

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class ResellerQuerySet(models.QuerySet[Row_co]):
    """The scope: every page starts from `for_reseller`."""

    def for_reseller(self, reseller: "Reseller") -> Self:
        """Keep the rows of one reseller."""
        return self.filter(reseller=reseller)
