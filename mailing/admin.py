"""The outbox, for vendor staff."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _g, gettext_lazy as _

from mailing.actions import resend, retry, set_aside
from mailing.models import EmailText, Mail
from mailing.texts.trying import about_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on
from resellers.staff.columns import moment, related, text
from resellers.staff.filters import GivenUpFilter, LateFilter, ResellerFilter
from resellers.staff.finding import keys_anywhere
from resellers.staff.pages import StaffAdmin
from resellers.staff.retrying import RetryAll, RetryOne
from resellers.staff.work import Queue, jobs, queue

KIND = text("kind_label", _("kind"))
QUEUED = moment("queued_at", _("queued"))
SENT = moment("sent_at", _("sent"))


@admin.register(Mail)
class MailAdmin(StaffAdmin):
    """Every mail, sent or not. What it says is written anew each time and kept nowhere."""

    list_display = (
        QUEUED,
        KIND,
        "to",
        "state",
        "reason",
        "about",
        related("reseller", _("reseller")),
        SENT,
    )
    list_display_links = (KIND,)
    list_filter = (GivenUpFilter, LateFilter, "state", ResellerFilter)
    list_select_related = ("reseller",)
    search_fields = ("to",)
    search_help_text = _("An order number, a license's UUID, or the beginning of an address.")
    fields = (
        KIND,
        "to",
        "about",
        "reseller",
        "actor",
        "state",
        "reason",
        "attempts",
        QUEUED,
        moment("next_attempt_at", _("next attempt")),
        SENT,
        moment("set_aside_at", _("set aside")),
        related("set_aside_by", _("set aside by")),
        "params",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by what a mail is about, or by whom it goes to."""
        if "@" in term:
            mails = Mail.objects.alias(address=Lower("to"))
            found = mails.filter(address__startswith=term.lower())
        else:
            found = Mail.objects.filter(about=term)
        return rows.filter(pk__in=keys_anywhere(found))

    def about(self, obj: Any) -> str:
        """Return what the mail is about: its events are that thing's."""
        return str(obj.about)


@admin.register(EmailText)
class EmailTextAdmin(StaffAdmin):
    """What companies say in their own words, to look at when one of them asks."""

    list_display = (
        text("kind_label", _("mail")),
        related("reseller", _("reseller")),
        "subject",
        related("changed_by", _("changed by")),
        moment("changed_at", _("changed")),
    )
    list_filter = (ResellerFilter,)
    list_select_related = ("reseller", "changed_by")
    fields = (
        text("kind_label", _("mail")),
        "reseller",
        "subject",
        "body",
        "changed_by",
        moment("changed_at", _("changed")),
    )
    readonly_fields = fields

    def about(self, obj: Any) -> str:
        """Return by what name the record knows the text."""
        return about_text(obj.kind)


@offered_on(Mail)
class RetryMail(RetryOne):
    """Tries a mail that was given up from the beginning."""

    retry = staticmethod(retry)
    refusal = _("Only a failed or stuck mail can be tried again.")
    queued = _("The mail is queued again.")

    @classmethod
    def explain(cls, obj: Mail, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [_g("The mail is written anew and sent to %(to)s.") % {"to": obj.to}]


@offered_on(Mail)
class SetMailAside(Button):
    """Lets a mail that was given up rest, as for an address that is dead."""

    slug, label, verb = "set-aside", _("Set aside"), _("Set aside")
    shy = True

    @classmethod
    def why_not(cls, obj: Mail, _now: datetime) -> str | None:
        """Say why there is nothing to set aside."""
        if not obj.is_given_up:
            return _g("Only a failed or stuck mail can be set aside.")
        return _g("This mail is set aside already.") if obj.set_aside_at else None

    @classmethod
    def explain(cls, obj: Mail, _now: datetime) -> list[Any]:
        """Say what will happen."""
        said = _g("The mail to %(to)s was not sent, and no longer counts as work waiting.")
        return [said % {"to": obj.to}, _g("It can be tried again all the same.")]

    @classmethod
    def press(cls, obj: Mail, _values: Any, *, actor: User, now: datetime) -> Done:
        """Set it aside."""
        set_aside(obj.pk, actor=actor, now=now)
        return Done(_("The mail is set aside."))


@offered_on(Mail)
class RetryMails(RetryAll):
    """Tries all mails that were given up."""

    model, retry = Mail, staticmethod(retry)


@offered_on(Mail)
class ResendMail(Button):
    """Sends a mail that went out once more."""

    slug, label, verb = "resend", _("Send once more"), _("Send once more")

    @classmethod
    def why_not(cls, obj: Mail, _now: datetime) -> str | None:
        """Say why there is nothing to send once more."""
        return None if obj.sent_at else _g("This mail was not sent yet. Try it again instead.")

    @classmethod
    def explain(cls, obj: Mail, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [_g("A copy, as it reads today, is sent to %(to)s.") % {"to": obj.to}]

    @classmethod
    def press(cls, obj: Mail, _values: Any, *, actor: User, now: datetime) -> Done:
        """Queue a copy."""
        resend(obj.pk, actor=actor, now=now)
        return Done(_("A copy of the mail is queued."))


queue(
    60,
    Queue(_("Mails"), Mail, "next_attempt_at", jobs(_("Mails are late"), _("Mails were given up"))),
)
