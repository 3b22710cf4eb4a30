"""What may be asked of a company's mails."""

from datetime import date, datetime
from operator import itemgetter

from django import forms
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from mailing.kinds import kinds
from mailing.models import Mail, MailState
from mailing.querysets import MailQuerySet
from reseller_portal.filter_fields import choice_filter, day_filter
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort
from reseller_portal.presets import last_seven_days
from resellers.models import User

NOT_SENT = "not_sent"
STATES = [*MailState.choices, (NOT_SENT, _("Failed or stuck, not set aside"))]


class MailFilter(ListFilter):
    """The filters of the mail log: the last seven days, newest first, unless asked otherwise."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    kind = choice_filter(_("Kind"), [])
    state = choice_filter(_("State"), STATES, method="in_state")
    to = CharFilter(
        label=_("Sent to"),
        method="going_to",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("All or beginning")}),
    )
    about = CharFilter(
        label=_("About"),
        method="about_thing",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Order number")}),
    )

    sorts = {
        "-date": Sort(_("Newest first"), ("-queued_at",)),
        "date": Sort(_("Oldest first"), ("queued_at",)),
    }
    ranges = (Range("date_from", "date_to", _("Date"), "queued"),)
    row_fields = ("to", "kind", "state", "about")

    class Meta:
        model = Mail
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data, user=user, now=now)
        labels = [(kind.name, str(kind.label)) for kind in kinds() if not kind.to_staff]
        self.filters["kind"].field_name = "kind"
        self.filters["kind"].extra["choices"] = sorted(labels, key=itemgetter(1))

    def start(self) -> MailQuerySet:
        """Return the mails of the person's own company."""
        return Mail.objects.for_reseller(self.reseller)

    def defaults(self) -> dict[str, str]:
        """Return the last seven days, in the reseller's zone."""
        return last_seven_days(self.today)

    def queued(self, mails: MailQuerySet, first: date | None, last: date | None) -> MailQuerySet:
        """Keep those of these days."""
        return mails.queued_between(self.reseller, first, last)

    def in_state(self, mails: MailQuerySet, _name: str, word: str) -> MailQuerySet:
        """Keep those in a state, or all that only a person will send again."""
        return mails.given_up() if word == NOT_SENT else mails.filter(state=word)

    def going_to(self, mails: MailQuerySet, _name: str, typed: str) -> MailQuerySet:
        """Keep those to an address, or to one that begins so."""
        return mails.alias(address=Lower("to")).filter(address__startswith=typed.lower())

    def about_thing(self, mails: MailQuerySet, _name: str, public_id: str) -> MailQuerySet:
        """Keep those about one thing."""
        return mails.about(public_id)
