"""A reseller's people on its page in the admin site."""

from datetime import datetime

from django.utils.translation import gettext as _

from people.models import Invitation
from reseller_portal.display import moment_text
from resellers.models import Reseller, User
from resellers.staff.columns import link_to
from resellers.staff.panels import Panel, list_of, shown_on

MOST = 10


@shown_on(Reseller, 60)
def people(reseller: Reseller, now: datetime) -> Panel:
    """Show who may sign in, admins first, and who was asked to join."""
    users = User.objects.filter(reseller=reseller).defer("password")
    rows = [
        (link_to(user, user.name), user.email, user.get_role_display(), standing(user))
        for user in users.order_by("-is_active", "role", "name")[:MOST]
    ]
    return Panel(
        _("People"),
        (_("name"), _("e-mail address"), _("role"), _("last sign-in")),
        rows + invited(reseller, now),
        empty=_("Nobody has joined yet. Invite a person."),
        url=list_of(User, reseller__id__exact=reseller.pk),
        more=_("All people"),
    )


def standing(user: User) -> str:
    """Return when a person signed in last, or why they cannot."""
    if not user.is_active:
        return _("disabled")
    return moment_text(user.last_login) if user.last_login else _("never yet")


def invited(reseller: Reseller, now: datetime) -> list[tuple[str, str, str, str]]:
    """Return the people who have not answered yet."""
    asked = Invitation.objects.filter(
        reseller=reseller, accepted_at=None, withdrawn_at=None
    ).order_by("-pk")[:MOST]
    return [
        (
            link_to(one, one.name),
            one.email,
            one.get_role_display(),
            _("invitation: %(state)s") % {"state": one.state_at(now).label},
        )
        for one in asked
    ]
