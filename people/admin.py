"""Invitations, and what vendor staff do with companies and people."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import people.staff_buttons
import people.staff_panels
import people.user_buttons  # noqa: F401 (offer their buttons and panels)
from people.models import Invitation, InvitationState
from resellers.staff.columns import moment, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.pages import StaffAdmin

INVITED = moment("invited_at", _("invited"))
UNTIL = moment("expires_at", _("until"))


class StateFilter(admin.SimpleListFilter):
    """Keeps the invitations of which one thing has become, by now."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the states."""
        return list(InvitationState.choices)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        state = self.value()
        if state not in InvitationState.values:
            return queryset
        invitations: Any = queryset
        return invitations.in_state(state, timezone.now())  # type: ignore[no-any-return]


@admin.register(Invitation)
class InvitationAdmin(StaffAdmin):
    """Who was asked to join. Their links are in their mails only."""

    list_display = (
        "name",
        "email",
        related("reseller", _("reseller")),
        "role",
        "state",
        INVITED,
        UNTIL,
        related("invited_by", _("by")),
    )
    list_filter = (StateFilter, ResellerFilter, "role")
    list_select_related = ("reseller", "invited_by")
    search_fields = ("email__startswith", "name__icontains")
    search_help_text = _("The beginning of an e-mail address, or a part of a name.")
    fields = (
        "name",
        "email",
        "reseller",
        "role",
        "state",
        "invited_by",
        INVITED,
        UNTIL,
        moment("withdrawn_at", _("withdrawn")),
        moment("accepted_at", _("accepted")),
        "user",
    )
    readonly_fields = fields

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> Any:
        """Return what has become of it."""
        return invitation.state_at(timezone.now()).label
