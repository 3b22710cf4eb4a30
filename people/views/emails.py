"""The texts of mails: which are the company's own, changing one, trying it, and the way back."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailKind
from mailing.models import EmailText
from mailing.texts.actions import ChangedMeanwhileError, Wish, change_text, reset_text, try_text
from mailing.texts.chosen import mistakes_of
from mailing.texts.declared import Changeable
from mailing.texts.trying import about_text, beginning, changeable_kinds, sampled
from people.activity.rows import done_to
from people.email_text_forms import EmailTextForm, Seen
from reseller_portal.dialogs import Dialog
from reseller_portal.pages import Page, SeeOther
from reseller_portal.refusals import Refusal
from resellers.roles import Right

ADDRESS = re.compile(r'<a href="[^"]*"')


@dataclass(frozen=True)
class Row:
    """One kind of mail, the company's own text of it, and whether that can be used."""

    kind: MailKind
    text: EmailText | None
    is_broken: bool


class EmailTexts(Page):
    """Every kind of mail whose text can be changed: one query."""

    right = Right.ADMINISTER
    template = "settings/email_texts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list."""
        texts = EmailText.objects.for_reseller(self.reseller).select_related("changed_by")
        own = {text.kind: text for text in texts}
        rows = [self.row(kind, own.get(kind.name)) for kind in changeable_kinds()]
        return self.render({"rows": rows})

    def row(self, kind: MailKind, text: EmailText | None) -> Row:
        """Return a line of the list."""
        return Row(kind, text, text is not None and bool(mistakes_of(text, kind.changeable)))


def changeable(kind: MailKind) -> Changeable:
    """Return what can be changed about a kind; 404 for nothing."""
    if kind.changeable is None:
        raise Http404
    return kind.changeable


class OneText(Page):
    """A page about the text of one kind of mail."""

    right = Right.ADMINISTER
    kind: MailKind
    text: EmailText | None

    def fetch(self, **kwargs: Any) -> None:
        """Take the kind and the company's own text; 404 for a kind whose text stays."""
        found = [kind for kind in changeable_kinds() if kind.name == kwargs["kind"]]
        if not found:
            raise Http404
        [self.kind] = found
        self.text = self.current()

    def current(self) -> EmailText | None:
        """Return the company's own text, as it is now."""
        mine = EmailText.objects.for_reseller(self.reseller).filter(kind=self.kind.name)
        return mine.select_related("changed_by").first()


class ChangeEmailText(OneText):
    """Shows a text with its preview; changes it, previews it or mails it to who is writing."""

    template = "settings/email_text.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what is said now; where that cannot be used any more, with what is wrong."""
        of = changeable(self.kind)
        subject, body = beginning(self.kind)
        if self.text is not None:
            subject, body = self.text.subject, self.text.body
        values = {"subject": subject, "body": body, "edition": self.edition}
        if self.text is not None and mistakes_of(self.text, of):
            return self.show(EmailTextForm(values, of=of), status=HTTPStatus.OK)
        return self.show(EmailTextForm(of=of, initial=values))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed, or show what is wrong."""
        form = EmailTextForm(request.POST, of=changeable(self.kind))
        if not form.is_valid():
            return self.show(form)
        press = request.POST.get("press")
        if press == "preview":
            return self.show(form, status=HTTPStatus.OK)
        try:
            return self.tried(form) if press == "test" else self.saved(form)
        except ChangedMeanwhileError as refusal:
            return self.overtaken(request, refusal)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.show(form)

    def saved(self, form: EmailTextForm) -> HttpResponse:
        """Save the text."""
        typed = form.cleaned_data
        wish = Wish(typed["subject"], typed["body"], typed["edition"])
        change_text(self.kind.name, wish, actor=self.user, now=self.now)
        messages.success(self.request, _("Saved. It holds from the next mail on."))
        return SeeOther(reverse("settings:email_text", args=[self.kind.name]))

    def tried(self, form: EmailTextForm) -> HttpResponse:
        """Mail the text to who is writing it; what was typed stays, and is not saved."""
        typed = form.cleaned_data
        name = self.kind.name
        mail = try_text(name, typed["subject"], typed["body"], actor=self.user, now=self.now)
        said = _("A test mail to %(to)s is queued. Nothing was saved.")
        messages.success(self.request, said % {"to": mail.to})
        return self.show(form, status=HTTPStatus.OK)

    def overtaken(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        """Show what was saved meanwhile beside what was typed; saving once more replaces it."""
        self.text = self.current()
        typed = {**request.POST.dict(), "edition": self.edition}
        form = EmailTextForm(typed, of=changeable(self.kind))
        form.add_error(
            None, _("%(said)s Save once more to put yours in its place.") % {"said": refusal}
        )
        return self.show(form, theirs=self.text)

    @property
    def edition(self) -> str:
        """Return which edition is shown."""
        return str(self.text.edition) if self.text else ""

    def show(self, form: EmailTextForm, *, status: int | None = None, **more: Any) -> HttpResponse:
        """Render the page; with status 422 if something typed was refused."""
        usual = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {
            "form": form,
            "of": form.of,
            "preview": self.preview(form),
            "deeds": done_to(self.reseller, about_text(self.kind.name)),
            **more,
        }
        return self.render(context, status=usual if status is None else status)

    def preview(self, form: EmailTextForm) -> dict[str, str | SafeString] | None:
        """Return the text filled with samples; None while something is wrong with it."""
        values: Any = form.initial
        if form.is_bound:
            form.is_valid()
            values = form.cleaned_data
        if not {"subject", "body"} <= values.keys():
            return None
        own = sampled(form.of, values["subject"], values["body"], self.reseller)
        return {"subject": own.subject, "text": own.text, "html": without_addresses(own.html)}


def without_addresses(html: SafeString) -> SafeString:
    """Return a preview's HTML whose links lead nowhere: they are samples."""
    return mark_safe(ADDRESS.sub("<a", html))  # noqa: S308 (nothing is added)


class ResetEmailText(OneText, Dialog):
    """Take the standard text again."""

    form = Seen
    verb = gettext_lazy("Use the standard text")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name the mail."""
        return _("Use the standard text of “%(kind)s”?") % {"kind": self.kind.label}

    @property
    def back(self) -> str:
        """Return the page of the text."""
        return reverse("settings:email_text", args=[self.kind.name])

    def why_not(self) -> str | None:
        """Say that it holds already."""
        return None if self.text else _("This mail says the standard text already.")

    def sentences(self) -> list[str]:
        """Say what becomes of the own one."""
        return [
            _("It holds from the next mail on. Your own text is deleted."),
            _("To keep a copy, take it out of the page first."),
        ]

    def initial(self) -> dict[str, Any]:
        """Begin with what is seen."""
        return {"edition": self.text.edition if self.text else None}

    def act(self, values: dict[str, Any]) -> str:
        """Delete the own text."""
        reset_text(self.kind.name, values["edition"], actor=self.user)
        return _("“%(kind)s” says the standard text now.") % {"kind": self.kind.label}
