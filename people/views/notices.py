"""Who is told of what: the warning of a low balance, and whom each kind of mail goes to."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from billing.actions import change_low_balance
from mailing.actions import choose_audience
from mailing.company import ROLES_IN_WORDS, who_is_told
from mailing.kinds import MailKind, kinds
from mailing.models import Audience
from people.company_forms import ChooseAudience, LowBalance
from reseller_portal.dialogs import Dialog
from reseller_portal.display import money_text
from reseller_portal.pages import Page
from resellers.models import User
from resellers.roles import Right, Role


@dataclass(frozen=True)
class Told:
    """One kind of mail, and who gets it."""

    kind: MailKind
    words: str


def company_kinds() -> list[MailKind]:
    """Return the kinds of mail that a company chooses the readers of."""
    return [kind for kind in kinds() if kind.to_company]


def in_words(audience: Audience, people: dict[int, User]) -> str:
    """Say whom an audience is made of."""
    roles = [str(ROLES_IN_WORDS[Role(role)]) for role in audience.roles]
    names = [people[pk].name for pk in audience.people if pk in people and people[pk].is_active]
    return ", ".join([*roles, *names])


class Notices(Page):
    """The warning of a low balance, and the readers of each kind: three queries."""

    right = Right.ADMINISTER
    template = "settings/notices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        audiences = {one.kind: one for one in Audience.objects.for_reseller(self.reseller)}
        people = {user.pk: user for user in self.reseller.users.all()}
        told = [
            Told(kind, in_words(audiences.get(kind.name) or Audience(), people))
            for kind in company_kinds()
        ]
        return self.render({"told": told, "account": self.reseller.account})


class NoticeDialog(Dialog):
    """A dialog of the page."""

    @property
    def back(self) -> str:
        """Return the page."""
        return reverse("settings:notices")


class ChangeLowBalance(NoticeDialog):
    """Say below which balance people are warned."""

    form = LowBalance
    verb = gettext_lazy("Save")

    @property
    def heading(self) -> str:
        """Say what it is for."""
        return _("Warning of a low balance")

    def sentences(self) -> list[str]:
        """Say what will happen, and what the balance is."""
        account = self.reseller.account
        said = _("One mail goes out each time that the balance falls below it. It is %(now)s now.")
        return [said % {"now": money_text(account.balance, account.currency)}]

    def initial(self) -> dict[str, Any]:
        """Begin with what holds."""
        return {"below": self.reseller.account.low_balance_below}

    def act(self, values: dict[str, Any]) -> str:
        """Change it."""
        account = change_low_balance(self.reseller.pk, values["below"], actor=self.user)
        below = money_text(account.low_balance_below, account.currency)
        return _("You are warned below %(below)s now.") % {"below": below}


class ChangeAudience(NoticeDialog):
    """Choose whom one kind of mail goes to."""

    verb = gettext_lazy("Save")
    kind: MailKind

    def fetch(self, **kwargs: Any) -> None:
        """Take the kind; 404 for one that has no audience to choose."""
        found = [kind for kind in company_kinds() if kind.name == kwargs["kind"]]
        if not found:
            raise Http404
        [self.kind] = found

    def form(self, *args: Any, **kwargs: Any) -> forms.Form:  # type: ignore[override]
        """Return the form, with the people of the company who may sign in."""
        form = ChooseAudience(*args, **kwargs)
        people: Any = form.fields["people"]
        colleagues = self.reseller.users.filter(is_active=True).order_by("name", "pk")
        people.choices = [
            (user.pk, f"{user.name}, {user.get_role_display()}") for user in colleagues
        ]
        return form

    @property
    def heading(self) -> str:
        """Name the kind."""
        return _("Who gets “%(kind)s”?") % {"kind": self.kind.label}

    def sentences(self) -> list[str]:
        """Say when it holds."""
        return [_("It holds from the next mail on. Whoever is disabled gets none.")]

    def initial(self) -> dict[str, Any]:
        """Begin with what holds."""
        audiences = Audience.objects.for_reseller(self.reseller)
        chosen = audiences.filter(kind=self.kind.name).first() or Audience()
        return {"roles": chosen.roles, "people": chosen.people}

    def act(self, values: dict[str, Any]) -> str:
        """Choose them."""
        name = self.kind.name
        choose_audience(name, values["roles"], values["people"], actor=self.user)
        count = who_is_told(self.reseller, name).count()
        if not count:
            return _("Nobody gets “%(kind)s” any more.") % {"kind": self.kind.label}
        return _("“%(kind)s” goes to %(count)d of your people now.") % {
            "kind": self.kind.label,
            "count": count,
        }
