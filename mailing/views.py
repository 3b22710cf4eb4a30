"""The mail log: what went to whom, how far it is, and sending it again."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from mailing.actions import resend, retry, set_aside
from mailing.empty import empty
from mailing.filters import MailFilter
from mailing.models import Mail
from mailing.resending import why_never, why_not_resend
from reseller_portal.dialogs import Dialog
from reseller_portal.lists import ListPage
from reseller_portal.presets import of_a_log
from resellers.naming import Named, named
from resellers.roles import Right


@dataclass(frozen=True)
class Line:
    """A mail, what it is about, and whether it can be sent (again)."""

    mail: Mail
    about: Named | None
    can_be_sent: bool


class Mails(ListPage):
    """Every mail of the company. What a mail says is not kept, and so not shown."""

    right = Right.ADMINISTER
    template = "mailing/list.html"
    filters = MailFilter

    def load(self, keys: list[int]) -> list[Line]:
        """Return the mails of a page with the names of what they are about."""
        mails = Mail.objects.for_reseller(self.reseller).select_related("actor", "set_aside_by")
        found = mails.in_bulk(keys)
        names = named(self.reseller, {mail.about for mail in found.values()})
        return [
            Line(found[key], names.get(found[key].about), why_never(found[key]) is None)
            for key in keys
            if key in found
        ]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what surrounds the list."""
        filters: MailFilter = context["filters"]
        return {
            "presets": of_a_log(filters),
            "row_fields": [filters.form[name] for name in filters.row_fields],
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "empty": None if context["pages"].capped else empty(filters),
            "count": context["pages"].counted,
        }


class MailDialog(Dialog):
    """What is done about one mail of the company."""

    mail: Mail

    def fetch(self, **kwargs: Any) -> None:
        """Load the mail; 404 for a stranger's."""
        self.mail = get_object_or_404(Mail.objects.for_reseller(self.reseller), pk=kwargs["pk"])

    @property
    def back(self) -> str:
        """Return the list."""
        return reverse("mails:list")


class ResendMail(MailDialog):
    """Try a mail that was given up again, or send one that went out once more."""

    verb = gettext_lazy("Send it")

    @property
    def heading(self) -> str:
        """Name the mail."""
        return _("Send “%(kind)s” again?") % {"kind": self.mail.kind_label}

    def why_not(self) -> str | None:
        """Say why it cannot be, or for how long."""
        return why_not_resend(self.mail, self.now)

    def sentences(self) -> list[str]:
        """Say to whom it goes, and as what."""
        said = _("It is written anew, as it reads today, and goes to %(to)s.")
        if not self.mail.is_given_up:
            said = _("A copy, as it reads today, goes to %(to)s.")
        return [said % {"to": self.mail.to}, _("A mail cannot be called back.")]

    def act(self, _values: dict[str, Any]) -> str:
        """Queue it."""
        act = retry if self.mail.is_given_up else resend
        act(self.mail.pk, actor=self.user, now=self.now)
        return _("The mail to %(to)s is queued.") % {"to": self.mail.to}


class SetMailAside(MailDialog):
    """Let a mail that was given up rest, as for an address that is dead."""

    verb = gettext_lazy("Set aside")

    @property
    def heading(self) -> str:
        """Name the mail."""
        return _("Set “%(kind)s” aside?") % {"kind": self.mail.kind_label}

    def why_not(self) -> str | None:
        """Say that there is nothing to set aside."""
        if not self.mail.is_given_up:
            return _("Only a failed or stuck mail can be set aside.")
        return _("This mail is set aside already.") if self.mail.set_aside_at else None

    def sentences(self) -> list[str]:
        """Say what that means."""
        said = _("The mail to %(to)s was not sent, and is no longer counted as one to look at.")
        return [said % {"to": self.mail.to}, _("It stays in the log, and can be sent again there.")]

    def act(self, _values: dict[str, Any]) -> str:
        """Set it aside."""
        set_aside(self.mail.pk, actor=self.user, now=self.now)
        return _("The mail to %(to)s is set aside.") % {"to": self.mail.to}
