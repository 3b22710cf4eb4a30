"""Card payments: the list, and each with what became of it and where a person confirms it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from billing.filters import PaymentFilter
from billing.models import CardPayment, CardRefund, PaymentState
from billing.payments import confirm, look_again
from billing.purposes import purpose_label, purpose_named
from billing.views.cards import CardPage
from reseller_portal.lists import ListPage
from reseller_portal.pages import SeeOther
from reseller_portal.presets import of_a_log


class Payments(CardPage, ListPage):
    """Every payment by card, with what became of it."""

    template = "billing/payments.html"
    filters = PaymentFilter

    def load(self, keys: list[int]) -> list[tuple[CardPayment, str]]:
        """Return the payments of a page, each with what it was for."""
        payments = CardPayment.objects.for_reseller(self.reseller).select_related("card")
        found = payments.in_bulk(keys)
        return [(found[key], purpose_label(found[key].purpose)) for key in keys if key in found]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what surrounds the list."""
        filters: PaymentFilter = context["filters"]
        return {
            "presets": of_a_log(filters),
            "row_fields": [filters.form[name] for name in filters.row_fields],
            "clear_url": f"?{filters.query(without=filters.filters)}",
        }


class ShowPayment(CardPage):
    """A card payment as it stands. The gateway leads a person back to here, too.

    Looking at one that waits for a confirmation asks the gateway; POST begins the confirmation of
    one that was charged while nobody was there.
    """

    template = "billing/payment.html"

    def fetch(self, **kwargs: Any) -> None:
        """Load the payment; raises Http404 for a stranger's."""
        super().fetch(**kwargs)
        rows = CardPayment.objects.for_reseller(self.reseller).select_related("card", "actor")
        self.payment = get_object_or_404(rows, uuid=kwargs["uuid"])

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Show it, after a look at the gateway if it waits for a person."""
        if self.payment.state == PaymentState.CONFIRMING:
            self.payment = look_again(self.payment, self.now)
        return self.show()

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponseBase:
        """Begin the confirmation, and show the way to it."""
        self.payment = confirm(self.payment)
        if self.payment.confirm_url:
            return self.show()
        return SeeOther(reverse("billing:payment", args=[uuid]))

    def show(self) -> HttpResponse:
        """Render the payment."""
        purpose, is_off = purpose_named(self.payment.purpose), not self.payment.is_paid
        context = {
            "payment": self.payment,
            "again": purpose.again(self.payment) if self.payment.is_settled and is_off else "",
            "refunds": CardRefund.objects.for_reseller(self.reseller)
            .filter(payment=self.payment)
            .order_by("pk"),
            "label": purpose_label(self.payment.purpose),
            "paid_for": purpose.page(self.payment),
        }
        return self.render(context)
