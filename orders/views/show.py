"""One order: as a page, in its tile, and the dialog that asks before its mail is sent again."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.actions import resend_confirmation
from orders.body import body
from orders.confirmation import recipient, sent_before, why_not_resend
from orders.pages import OrderPage, form_key
from orders.possible import show_keys
from reseller_portal.pages import SeeOther, is_on_its_own_page, wants_fragment
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class ShowOrder(OrderPage):
    """Facts, actions and history of an order: a page of its own, or the body of its tile.

    `?confirm=resend-email` is the question before the mail is sent again. `?license-keys=hidden`
    empties the panel that shows them. `?seen=` is how the history asks whether there is anything
    new: no content, unless there is.
    """

    template = "orders/show.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the order, or ask."""
        if request.GET.get("confirm") == "resend-email":
            return self.confirmation()
        if request.GET.get("license-keys") == "hidden" and wants_fragment(request):
            context = {"order": self.order, "action": show_keys(self.order)}
            return self.render(context, template="orders/keys_hidden.html")
        return self.facts()

    def facts(self) -> HttpResponse:
        """Show the order, or only what is new of it."""
        request = self.request
        context = body(self.order, self.user, self.now)
        if request.GET.get("seen") == context["history"].mark:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        is_refreshed = "seen" in request.GET and wants_fragment(request)
        if not is_refreshed:
            return self.render(context)
        context["as_page"] = is_on_its_own_page(request)
        return self.render(context, template="orders/refreshed.html")

    def confirmation(self) -> HttpResponse:
        """Say to whom the mail will go, and when it last went out."""
        if not self.user.may(Right.OPERATE):
            raise PermissionDenied
        return self.render(question(self), template="orders/resend.html")


class ResendEmail(OrderPage):
    """Send the confirmation of the order once more."""

    template = "orders/resend.html"
    right = Right.OPERATE

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Queue the mail; its way is shown in the order's history."""
        number = self.order.number
        mail = resend_confirmation(number, actor=self.user, now=self.now, key=form_key(request))
        if wants_fragment(request):
            context = body(self.order, self.user, self.now)
            return self.render({**context, "resent": mail}, template="orders/resent.html")
        messages.success(request, _("The confirmation is on its way to %(to)s.") % {"to": mail.to})
        return SeeOther(reverse("orders:show", args=[number]))

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Ask again, with the reason why it was not sent."""
        context = {**question(self), "refusal": refusal}
        return self.render(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def question(page: OrderPage) -> dict[str, Any]:
    """Return what the dialog says."""
    order = page.order
    return {
        "order": order,
        "heading": _("Send the confirmation of order %(number)s again?") % {"number": order.number},
        "back": reverse("orders:show", args=[order.number]),
        "refusal": why_not_resend(order, page.now),
        "to": recipient(order, page.user),
        "last": sent_before(order).select_related("actor").first(),
        "key": uuid4(),
    }
