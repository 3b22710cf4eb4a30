"""The purchase page: what it costs is shown before, and confirmed anew when it has changed."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from billing.gateway import cards_are_on
from billing.models import CardPayment
from billing.payments import charge
from orders.actions import begin_card_purchase, buy
from orders.card_purchases import purchase_paid_with
from orders.forms import PurchaseForm, offers_cards
from orders.models import Order, PaymentType
from orders.pages import form_key
from orders.purchases import PriceChanged, Purchase, Quote, quote, why_no_price
from reseller_portal.display import money_text
from reseller_portal.pages import Page, SeeOther
from reseller_portal.refusals import Refusal
from resellers.models import DistributionCompany, Reseller
from resellers.roles import Right

MOST_EXPECTED = Decimal(10) ** 12
BEGINNING: dict[str, Any] = {"term": "12", "quantity": "1"}


class Buy(Page):
    """Choose, see the total, buy. `?again=` fills the page in like an order of the company.

    The browser may keep the page for its Back button: there the form has the same one-time key, so
    that pressing its button again leads to the order that it bought.
    """

    template = "orders/buy.html"
    right = Right.OPERATE
    again: Order | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and let the browser alone keep the answer."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def needed_right(self) -> Right:
        """Ask for more where a card is to pay."""
        if cards_are_on() and self.request.POST.get("payment_type") == PaymentType.CARD:
            return Right.ADMINISTER
        return super().needed_right()

    def fetch(self, **kwargs: Any) -> None:
        """Load the order that is to be bought again; raises Http404 for a stranger's."""
        number = self.request.GET.get("again")
        if number is None:
            return
        if "\0" not in number:
            orders = Order.objects.for_reseller(self.reseller).with_parts()
            self.again = orders.filter(number=number).first()
        if self.again is None:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, with the total as soon as enough is chosen."""
        chosen = like(self.again) if self.again else beginning(self.reseller) | request.GET.dict()
        form = PurchaseForm(user=self.user, now=self.now, initial=chosen)
        probe = PurchaseForm(chosen, user=self.user, now=self.now)
        return self.page(form, probe, key=uuid4())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Buy, or show the page again with what is wrong or has to be confirmed."""
        key = form_key(request)
        form = PurchaseForm(request.POST, user=self.user, now=self.now)
        done = self.already_done(key, form)
        if done is not None:
            return done
        if key is None:
            form.add_error(None, _("This page is out of date. Check your choice and confirm it."))
        if key is None or not form.is_valid():
            return self.page(form, form, key=key or uuid4(), is_refused=True)
        try:
            return self.bought(purchase(form, request, key), form)
        except PriceChanged as changed:
            notice = price_notice(request, changed.quote)
            return self.page(form, form, key=key, notice=notice, is_refused=True)
        except Refusal as refusal:
            return self.refused_purchase(refusal, form, key)

    def bought(self, wish: Purchase, form: PurchaseForm) -> HttpResponse:
        """Pay in the way that was chosen, and lead to what it bought. Raises Refusal."""
        if form.cleaned_data["payment_type"] == PaymentType.CARD:
            card = form.cleaned_data["card"]
            payment = begin_card_purchase(wish, card, actor=self.user, now=self.now)
            return self.outcome(charge(payment), form)
        return self.thank(buy(wish, actor=self.user, now=self.now))

    def thank(self, order: Order) -> HttpResponse:
        """Lead to an order that was bought now."""
        messages.success(self.request, thanks(order))
        return SeeOther(reverse("orders:show", args=[order.number]))

    def outcome(self, payment: CardPayment, form: PurchaseForm) -> HttpResponse:
        """Lead to the order or to the payment, or show the form again with a new key."""
        if payment.is_paid:
            return self.thank(Order.objects.for_reseller(self.reseller).get(card_payment=payment))
        if not payment.is_settled:
            return SeeOther(reverse("billing:payment", args=[payment.uuid]))
        form.is_valid()
        form.add_error("card" if form.offers_cards else None, payment.reason)
        return self.page(form, form, key=uuid4(), is_refused=True)

    def already_done(self, key: UUID | None, form: PurchaseForm) -> HttpResponse | None:
        """Return where this form led before, if it was sent."""
        before = self.bought_with(key)
        if before is not None:
            return SeeOther(reverse("orders:show", args=[before.number]))
        payment = purchase_paid_with(self.reseller, key) if key else None
        return self.outcome(payment, form) if payment else None

    def refused_purchase(self, refusal: Refusal, form: PurchaseForm, key: UUID) -> HttpResponse:
        """Show the page with the reason; another way may have bought it at this very moment."""
        done = self.already_done(key, form) if refusal.field == "key" else None
        if done is not None:
            return done
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        new_key = uuid4() if refusal.field == "key" else key
        return self.page(form, form, key=new_key, is_refused=True)

    def bought_with(self, key: UUID | None) -> Order | None:
        """Return what this form has bought already."""
        if key is None:
            return None
        return Order.objects.for_reseller(self.reseller).filter(key=key).first()

    def page(
        self,
        form: PurchaseForm,
        chosen: PurchaseForm,
        *,
        key: UUID,
        notice: str = "",
        is_refused: bool = False,
    ) -> HttpResponse:
        """Show the form with the quote of what is chosen so far."""
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
        context = {
            "form": form,
            "key": key,
            "notice": notice,
            "account": self.reseller.account,
            "offers_cards": offers_cards(self.user),
            "pays_by_card": form.offers_cards and form["payment_type"].value() == PaymentType.CARD,
            **self.quoted(chosen),
        }
        return self.render(context, status=status)

    def quoted(self, chosen: PurchaseForm) -> dict[str, Any]:
        """Return the quote, or why there is none."""
        chosen.is_valid()
        values = {name: chosen.cleaned_data.get(name) for name in chosen.fields}
        product, term, quantity = (values.get(name) for name in ("product", "term", "quantity"))
        if product is None or not term:
            return {"quote": None, "no_price": ""}
        if not quantity:
            return {"quote": None, "no_price": next(iter(chosen.errors.get("quantity", [])), "")}
        found = quote(self.reseller.account, product, term, quantity, self.today)
        if found is None:
            reason = why_no_price(self.reseller, product, term, self.today)
            return {"quote": None, "no_price": reason}
        return {"quote": found, "no_price": ""}


def beginning(reseller: Reseller) -> dict[str, Any]:
    """Return what a purchase begins with: what the company's settings say, else a year."""
    companies = DistributionCompany.objects.for_reseller(reseller)
    default = companies.filter(is_default=True).first()
    usual = {
        "term": str(reseller.default_term_months or ""),
        "distribution_company": default.pk if default else "",
        "payment_type": reseller.default_payment_type,
    }
    return BEGINNING | {name: value for name, value in usual.items() if value}


def like(order: Order) -> dict[str, Any]:
    """Return what fills the page in like an order; what is no longer offered stays out."""
    company = order.distribution_company
    return {
        "product": order.product.slug,
        "term": str(order.term_months),
        "quantity": order.quantity,
        "distribution_company": company.pk if company and not company.retired_at else "",
        "recurrent": order.licenses.filter(recurrent=True).exists(),
        "payment_type": order.payment_type,
    }


def purchase(form: PurchaseForm, request: HttpRequest, key: UUID) -> Purchase:
    """Return what was chosen, checked."""
    values = form.cleaned_data
    return Purchase(
        product=values["product"],
        term_months=values["term"],
        quantity=values["quantity"],
        distribution_company=values["distribution_company"],
        recurrent=values["recurrent"],
        reference=values["reference"],
        expected_amount=expected(request),
        key=key,
    )


def expected(request: HttpRequest) -> Decimal | None:
    """Return the total that the person saw; None where the request names none."""
    try:
        amount = Decimal(request.POST.get("expected_amount", "")[:20])
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < MOST_EXPECTED else None


def price_notice(request: HttpRequest, found: Quote) -> str:
    """Say what has to be confirmed, and what it was before."""
    was, currency = expected(request), found.account.currency
    if was is None:
        return _("Check the total, then confirm it.")
    said = _("The total is %(now)s now; this page showed %(was)s. Confirm it, or choose anew.")
    return said % {"now": money_text(found.amount, currency), "was": money_text(was, currency)}


def thanks(order: Order) -> str:
    """Say what was bought, and who gets the codes."""
    said = ngettext(
        "Bought: %(quantity)d license of %(product)s for %(amount)s. Its code is on its way to "
        "%(to)s.",
        "Bought: %(quantity)d licenses of %(product)s for %(amount)s. Their codes are on their way "
        "to %(to)s.",
        order.quantity,
    )
    return said % {
        "quantity": order.quantity,
        "product": order.product,
        "amount": money_text(order.amount, order.currency),
        "to": order.user.email,
    }
