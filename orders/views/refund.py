"""Asking the vendor for money back: one license, or all of an order that are left."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from licenses.models import License
from licenses.pages import told_in_its_row
from orders.actions import ask_refund
from orders.body import body
from orders.forms import RefundForm
from orders.models import Order
from orders.pages import OrderPage
from orders.refunds import Offer, offer
from reseller_portal.display import money_text
from reseller_portal.pages import SeeOther, wants_fragment
from resellers.roles import Right


class AskRefund(OrderPage):
    """A dialog that says what would be cancelled and paid back; `?license=` names one license."""

    template = "orders/refund.html"
    right = Right.ADMINISTER
    only: License | None = None

    def fetch(self, **kwargs: Any) -> None:
        """Load the order and the license; raises Http404 alike for a stranger's and for none."""
        super().fetch(**kwargs)
        uuid = self.request.GET.get("license")
        if uuid is not None:
            self.only = self.licenses().filter(uuid=as_uuid(uuid)).first()
            if self.only is None:
                raise Http404

    def licenses(self) -> Any:
        """Return the order's licenses with what decides whether they can be refunded."""
        licenses = License.objects.for_reseller(self.reseller).filter(order=self.order)
        return licenses.select_related("product", "reseller", "refund").order_by("pk")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Ask. Raises Refusal if there is nothing to ask for."""
        return self.render(self.question(RefundForm()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Store the wish; the vendor's staff decide."""
        form = RefundForm(request.POST)
        if not form.is_valid():
            return self.render(self.question(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        refunds = ask_refund(
            self.order.number,
            self.only.uuid if self.only else None,
            form.cleaned_data["reason"],
            actor=self.user,
            now=self.now,
        )
        said = done(len(refunds))
        if wants_fragment(request):
            if self.only is not None:
                return told_in_its_row(self, self.only, said)
            context = {**body(self.order, self.user, self.now), "said": said}
            return self.render(context, template="orders/refund_asked.html")
        messages.success(request, said)
        return SeeOther(reverse("orders:show", args=[self.order.number]))

    def question(self, form: RefundForm) -> dict[str, Any]:
        """Return what the dialog says. Raises Refusal if there is nothing to ask for."""
        offered = offer(self.order, self.today, self.only)
        return {
            "form": form,
            "order": self.order,
            "heading": heading(offered, self.order, self.only),
            "back": reverse("orders:show", args=[self.order.number]),
            "offer": offered,
            "where": offered.where,
            "amount": money_text(offered.amount, self.order.currency),
        }


def as_uuid(text: str) -> UUID:
    """Return a UUID as typed; raises Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def heading(offered: Offer, order: Order, only: License | None) -> str:
    """Name the action and its object."""
    if only is not None:
        return _("Ask for a refund of license %(license)s?") % {"license": only}
    said = ngettext(
        "Ask for a refund of the %(count)d license left of order %(number)s?",
        "Ask for a refund of the %(count)d licenses left of order %(number)s?",
        offered.licenses,
    )
    return said % {"count": offered.licenses, "number": order.number}


def done(count: int) -> str:
    """Say what happens next."""
    return ngettext(
        "The refund of %(count)d license is asked for. The vendor decides, and you get a mail.",
        "The refund of %(count)d licenses is asked for. The vendor decides, and you get a mail.",
        count,
    ) % {"count": count}
