"""What may be asked of the lists of people and of partner organizations."""

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from reseller_portal.filter_fields import choice_filter
from reseller_portal.filtering import FilterForm, ListFilter, Sort
from resellers.models import DistributionCompany, User
from resellers.roles import Role


class InUse(models.TextChoices):
    """Whether a partner may be picked."""

    IN_USE = "in_use", _("In use")
    RETIRED = "retired", _("Retired")


class Access(models.TextChoices):
    """Whether a person may sign in."""

    ACTIVE = "active", _("Active")
    DISABLED = "disabled", _("Disabled")


def text_filter(label: object, method: str, hint: object) -> CharFilter:
    """Return a field that looks for a part of a text."""
    return CharFilter(
        label=label,
        method=method,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": hint}),
    )


class DistributionCompanyFilter(ListFilter):
    """The filters of distribution companies: all of them, by name."""

    search = text_filter(_("Name"), "named", _("A part of it"))
    state = choice_filter(_("State"), InUse.choices)

    sorts = {"name": Sort(_("Name"), ("name",)), "-name": Sort(_("Name, backwards"), ("-name",))}

    class Meta:
        model = DistributionCompany
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.filters["state"].method = "in_state"

    def start(self) -> QuerySet[DistributionCompany]:
        """Return those of the person's own company."""
        return DistributionCompany.objects.for_reseller(self.reseller)

    def named(
        self, rows: QuerySet[DistributionCompany], _name: str, typed: str
    ) -> QuerySet[DistributionCompany]:
        """Keep those whose name holds the text."""
        return rows.filter(name__icontains=typed)

    def in_state(
        self, rows: QuerySet[DistributionCompany], _name: str, state: str
    ) -> QuerySet[DistributionCompany]:
        """Keep those in use, or the retired ones."""
        return rows.filter(retired_at__isnull=state == InUse.IN_USE) if state else rows


class UserFilter(ListFilter):
    """The filters of a company's people: all of them, by name."""

    search = text_filter(_("Name or e-mail"), "called", _("A part of it"))
    role = choice_filter(_("Role"), Role.choices)
    state = choice_filter(_("State"), Access.choices)

    sorts = {
        "name": Sort(_("Name"), ("name",)),
        "-last_login": Sort(_("Last sign-in"), ("-last_login",)),
    }

    class Meta:
        model = User
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.filters["role"].field_name = "role"
        self.filters["state"].method = "in_state"

    def start(self) -> QuerySet[User]:
        """Return the people of the person's own company."""
        return self.reseller.users.all()

    def called(self, rows: QuerySet[User], _name: str, typed: str) -> QuerySet[User]:
        """Keep those whose name or address holds the text."""
        return rows.filter(Q(name__icontains=typed) | Q(email__icontains=typed))

    def in_state(self, rows: QuerySet[User], _name: str, state: str) -> QuerySet[User]:
        """Keep those who may sign in, or the disabled ones."""
        return rows.filter(is_active=state == Access.ACTIVE) if state else rows
