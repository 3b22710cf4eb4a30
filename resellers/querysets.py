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


class DistributionCompanyQuerySet(ResellerQuerySet[Row_co]):
    """Partner organizations of a reseller."""

    def in_use(self) -> Self:
        """Keep those that may still be picked."""
        return self.filter(retired_at=None)
