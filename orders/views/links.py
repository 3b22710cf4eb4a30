"""Send Links: the licenses of an order go to a pasted list of customers, each with its own link."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.models import License
from mailing.models import Mail
from orders.actions import PlanChanged, send_links
from orders.actions.links import sent_with
from orders.link_forms import ConfirmLinksForm, SendLinksForm
from orders.link_plans import Plan, free_licenses, licenses_of, plan, why_so_few
from orders.pages import OrderPage
from orders.reasons import why_no_links
from reseller_portal.pages import SeeOther
from reseller_portal.refusals import Refusal
from resellers.roles import Right

PROBLEMS_SHOWN = 50


@dataclass(frozen=True)
class SentLine:
    """A mail of the list, its license, and the license's number in the order."""

    mail: Mail
    license: License
    place: int


class SendLinks(OrderPage):
    """The list is typed, then checked, then confirmed: only that sends it."""

    right = Right.OPERATE
    template = "orders/send_links.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show an empty form. Raises Refusal for an order without licenses to send."""
        self.refuse()
        return self.form_page(SendLinksForm(), status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Check the list, change it once more, or send it."""
        step, form = request.POST.get("step"), SendLinksForm(request.POST)
        if step == "send":
            return self.send(form)
        if step == "change":
            return self.form_page(SendLinksForm(initial=request.POST.dict()), status=HTTPStatus.OK)
        return self.check(form)

    def refuse(self) -> None:
        """Raise Refusal unless there is something to send."""
        reason = why_no_links(self.order)
        if reason is None and not free_licenses(self.order).exists():
            reason = _(
                "The link of every available license was sent to a customer already. Replace the "
                "code of a license to take its link back."
            )
        if reason:
            raise Refusal(reason)

    def check(self, form: SendLinksForm, changed: str = "") -> HttpResponse:
        """Show what would be sent to whom, or what is wrong with the list."""
        self.refuse()
        if "addresses" in form.errors:
            return self.form_page(form)
        planned = plan(self.order, form.cleaned_data["addresses"], self.now)
        if planned.reason:
            form.add_error("addresses", planned.reason)
        if changed and planned.doubts:
            form.add_error(None, changed)
        unsettled = planned.doubts and (changed or not form.cleaned_data["twice"])
        if form.errors or planned.problems or unsettled:
            return self.form_page(form, planned)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if changed else HTTPStatus.OK
        context = {"form": form, "plan": planned, "key": uuid4(), "changed": changed}
        return self.render(
            {**self.about(), **context}, template="orders/check_links.html", status=status
        )

    def send(self, form: SendLinksForm) -> HttpResponse:
        """Queue the mails, once; what has changed since is confirmed anew."""
        confirmed = ConfirmLinksForm(self.request.POST)
        if not form.is_valid() or not confirmed.is_valid():
            return self.check(form)
        key: UUID = confirmed.cleaned_data["key"]
        try:
            send_links(
                self.order.number,
                form.cleaned_data["addresses"],
                form.cleaned_data["words"],
                key=key,
                mark=confirmed.cleaned_data["mark"],
                actor=self.user,
                now=self.now,
            )
        except PlanChanged as refusal:
            return self.check(form, refusal.message)
        except Refusal as refusal:
            if refusal.field is None:
                raise
            return self.check(form)
        return SeeOther(reverse("orders:sent_links", args=[self.order.number, key]))

    def form_page(
        self,
        form: SendLinksForm,
        planned: Plan | None = None,
        status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> HttpResponse:
        """Show the form, with what is wrong in which line."""
        free = free_licenses(self.order).count()
        planned = planned or Plan()
        context = {
            "form": form,
            "plan": planned,
            "problems": planned.problems[:PROBLEMS_SHOWN],
            "more_problems": len(planned.problems[PROBLEMS_SHOWN:]),
            "free": free,
            "sent_before": why_so_few(self.order, free),
        }
        return self.render({**self.about(), **context}, status=status)

    def about(self) -> dict[str, Any]:
        """Return what every step says."""
        return {"order": self.order, "back": reverse("orders:show", args=[self.order.number])}


class SentLinks(OrderPage):
    """What became of a list: a line for each customer, with the state of the mail."""

    right = Right.OPERATE
    template = "orders/sent_links.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it. Raises Http404 for a key with which nothing was sent."""
        mails = list(sent_with(self.order, kwargs["key"]))
        if not mails:
            raise Http404
        context = {
            "order": self.order,
            "rows": self.rows(mails),
            "waiting": any(mail.is_unfinished for mail in mails),
            "failed": sum(mail.is_given_up for mail in mails),
        }
        return self.render(context)

    def rows(self, mails: list[Mail]) -> list[SentLine]:
        """Return the lines with their licenses: one query."""
        licenses = list(licenses_of(self.order))
        places = {license.pk: place for place, license in enumerate(licenses, start=1)}
        named = {str(license.uuid): license for license in licenses}
        return [SentLine(mail, named[mail.about], places[named[mail.about].pk]) for mail in mails]
