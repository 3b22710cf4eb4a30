"""Distribution companies: the list, and what an admin does with one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from people.filters import DistributionCompanyFilter
from people.settings_forms import NameCompany
from reseller_portal.dialogs import Dialog
from reseller_portal.lists import ListPage
from resellers.actions import (
    add_distribution_company,
    bring_back_distribution_company,
    rename_distribution_company,
    retire_distribution_company,
)
from resellers.models import DistributionCompany, Reseller
from resellers.roles import Right


@dataclass(frozen=True)
class Partner:
    """A distribution company with how many orders it was picked for."""

    company: DistributionCompany
    orders: int


def order_counts(reseller: Reseller, keys: list[int]) -> dict[int, int]:
    """Return for how many orders each of these companies was picked: one query."""
    orders: Any = reseller.orders.filter(distribution_company__in=keys).order_by()
    return dict(orders.values_list("distribution_company").annotate(Count("pk")))


class DistributionCompanies(ListPage):
    """The company's partner organizations, in use or retired."""

    right = Right.ADMINISTER
    template = "settings/distributors.html"
    filters = DistributionCompanyFilter

    def load(self, keys: list[int]) -> list[Partner]:
        """Return the companies of a page with their orders."""
        found = DistributionCompany.objects.for_reseller(self.reseller).in_bulk(keys)
        counts = order_counts(self.reseller, keys)
        return [Partner(found[key], counts.get(key, 0)) for key in keys if key in found]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what an empty list says."""
        filters: DistributionCompanyFilter = context["filters"]
        return {
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "count": context["pages"].counted,
        }


class CompanyDialog(Dialog):
    """A dialog of the list."""

    @property
    def back(self) -> str:
        """Return the list."""
        return reverse("settings:distributors")


class AddCompany(CompanyDialog):
    """Add a distribution company."""

    form = NameCompany
    verb = gettext_lazy("Add")

    @property
    def heading(self) -> str:
        """Say what it is for."""
        return _("Add a distribution company")

    def act(self, values: dict[str, Any]) -> str:
        """Add it."""
        company = add_distribution_company(values["name"], actor=self.user)
        return _("%(name)s can be picked at purchase now.") % {"name": company}


class OfCompany(CompanyDialog):
    """A dialog about one distribution company of the person's own reseller."""

    company: DistributionCompany

    def fetch(self, **kwargs: Any) -> None:
        """Load it; 404 for a stranger's."""
        companies = DistributionCompany.objects.for_reseller(self.reseller)
        self.company = get_object_or_404(companies, pk=kwargs["pk"])

    def orders_in_words(self) -> str:
        """Say how many orders name it."""
        count = order_counts(self.reseller, [self.company.pk]).get(self.company.pk, 0)
        return ngettext("%(count)d order names it.", "%(count)d orders name it.", count) % {
            "count": count
        }


class RenameCompany(OfCompany):
    """Give it another name."""

    form = NameCompany
    verb = gettext_lazy("Rename")

    @property
    def heading(self) -> str:
        """Name action and company."""
        return _("Rename %(name)s") % {"name": self.company}

    def sentences(self) -> list[str]:
        """Say what it means for orders."""
        said = _("They show the new name too, also those of the past.")
        return [f"{self.orders_in_words()} {said}"]

    def initial(self) -> dict[str, Any]:
        """Begin with its name."""
        return {"name": self.company.name}

    def act(self, values: dict[str, Any]) -> str:
        """Rename it."""
        company = rename_distribution_company(self.company.pk, values["name"], actor=self.user)
        return _("%(was)s is called %(name)s now.") % {"was": self.company, "name": company}


class RetireCompany(OfCompany):
    """Let nobody pick it any more."""

    verb = gettext_lazy("Retire")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name action and company."""
        return _("Retire %(name)s?") % {"name": self.company}

    def sentences(self) -> list[str]:
        """Say what stays."""
        return [
            _("It cannot be picked at purchase any more."),
            f"{self.orders_in_words()} {_('That stays, and they are found by it as before.')}",
            _("To undo it, bring it back."),
        ]

    def why_not(self) -> str | None:
        """Say that it is retired already."""
        return _("It is retired already.") if self.company.retired_at else None

    def act(self, _values: dict[str, Any]) -> str:
        """Retire it."""
        retire_distribution_company(self.company.pk, actor=self.user, now=self.now)
        return _("%(name)s is retired.") % {"name": self.company}


class BringBackCompany(OfCompany):
    """Let it be picked again."""

    verb = gettext_lazy("Bring back")

    @property
    def heading(self) -> str:
        """Name action and company."""
        return _("Bring %(name)s back?") % {"name": self.company}

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [_("It can be picked at purchase again.")]

    def why_not(self) -> str | None:
        """Say that it is in use."""
        return None if self.company.retired_at else _("It is in use.")

    def act(self, _values: dict[str, Any]) -> str:
        """Bring it back."""
        bring_back_distribution_company(self.company.pk, actor=self.user)
        return _("%(name)s can be picked at purchase again.") % {"name": self.company}
