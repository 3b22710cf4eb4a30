"""Depositing by card: what is typed is kept until the money has come."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.actions import begin_deposit
from billing.card_forms import Deposit
from billing.deposits import deposit_named
from billing.models import CardPayment
from billing.payments import charge
from billing.views.cards import CardPage
from reseller_portal.display import money_text
from reseller_portal.pages import SeeOther
from reseller_portal.refusals import Refusal


class DepositByCard(CardPage):
    """Choose an amount and a card, and pay at once.

    The form has a one-time key: pressed twice, in two tabs or after Back it is one payment.
    """

    template = "billing/deposit.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form; `?amount=` fills it in."""
        initial = {"amount": request.GET.get("amount", "")[:20], "key": uuid4()}
        return self.page(Deposit(reseller=self.reseller, today=self.today, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Charge the card, and show what came of it."""
        form = Deposit(request.POST, reseller=self.reseller, today=self.today)
        payment = deposit_named(self.reseller, as_uuid(request.POST.get("key", "")))
        if payment is None:
            if not form.is_valid():
                return self.page(form)
            try:
                payment = self.pay(form.cleaned_data)
            except Refusal as refusal:
                return self.again(form, refusal.field, str(refusal))
        return self.outcome(payment, form)

    def pay(self, values: dict[str, Any]) -> CardPayment:
        """Write the payment down, then charge the card. Raises Refusal."""
        begun = begin_deposit(self.reseller, **values, actor=self.user, now=self.now)
        return charge(begun)

    def outcome(self, payment: CardPayment, form: Deposit) -> HttpResponse:
        """Lead to the balance, or to the payment's page, or show the form again."""
        if payment.is_paid:
            said = _("%(amount)s is deposited from %(card)s.")
            amount = money_text(payment.amount, payment.currency)
            messages.success(self.request, said % {"amount": amount, "card": payment.card})
            return SeeOther(reverse("billing:balance"))
        if not payment.is_settled:
            return SeeOther(reverse("billing:payment", args=[payment.uuid]))
        return self.again(form, "card", payment.reason)

    def again(self, form: Any, field: str | None, reason: str) -> HttpResponse:
        """Show what was typed with the reason beside it, and a new key for another try."""
        form.is_valid()
        form.add_error(field if field in form.fields else None, reason)
        form.data = {**form.data.dict(), "key": str(uuid4())}
        return self.page(form)

    def page(self, form: Deposit) -> HttpResponse:
        """Render the form; with status 422 if what was typed was refused."""
        context = {"form": form, "account": self.reseller.account}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return self.render(context, status=status)


def as_uuid(text: str) -> UUID | None:
    """Return a UUID as typed; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
