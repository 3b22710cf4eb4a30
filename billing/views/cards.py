"""The cards of a company: added on the gateway's own page, one of them the default."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from billing.actions import finish_adding, make_default, remove_card, start_adding
from billing.cards import why_not_default, why_not_remove
from billing.gateway import cards_are_on
from billing.models import Card, CardPayment
from billing.purposes import purpose_label
from reseller_portal.dialogs import Dialog
from reseller_portal.pages import Page, SeeOther
from reseller_portal.refusals import Refusal
from resellers.roles import Right

HOSTED_PAGES = "https://checkout.stripe.com"
SHOWN_PAYMENTS = 20


class CardPage(Page):
    """A page about cards: missing where they are switched off, for admins where they are on."""

    right = Right.ADMINISTER

    def fetch(self, **kwargs: Any) -> None:
        """Raise Http404 where cards are off."""
        if not cards_are_on():
            raise Http404


class Cards(CardPage):
    """The cards, and the latest payments with them."""

    template = "billing/cards.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the browser follow the form to the gateway's page, which it asks for on this one."""
        base = urlsplit(settings.STRIPE_API_BASE or HOSTED_PAGES)
        allowed = {"form-action": [SELF, f"{base.scheme}://{base.netloc}"]}
        response: HttpResponseBase = csp_update(allowed)(super().dispatch)(request, *args, **kwargs)
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.show(None)

    def show(self, refusal: Refusal | None) -> HttpResponse:
        """Render the list."""
        cards = Card.objects.for_reseller(self.reseller).in_use().select_related("added_by")
        payments = CardPayment.objects.for_reseller(self.reseller).select_related("card")
        context = {
            "cards": [(card, card.validity(self.today)) for card in cards],
            "payments": [
                (payment, purpose_label(payment.purpose)) for payment in payments[:SHOWN_PAYMENTS]
            ],
            "refusal": refusal,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
        return self.render(context, status=status)


class AddCard(Cards):
    """Leads to the gateway's page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to the list, where the button is."""
        return HttpResponseRedirect(reverse("billing:cards"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Prepare the page and lead there. Raises Refusal while the gateway does not answer."""
        cards = f"{settings.SITE_URL}{reverse('billing:cards')}"
        back = f"{settings.SITE_URL}{reverse('billing:card_added')}?session={{session}}"
        setup = start_adding(self.reseller, back=back, cancel=cards, actor=self.user)
        return SeeOther(setup.url)

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Say why on the list."""
        return self.show(refusal)


class CardAdded(CardPage):
    """Where the gateway leads back to. What is kept is what the gateway says, not the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Keep the card, and show the list."""
        session = request.GET.get("session", "")[:100]
        try:
            card = finish_adding(session, now=self.now, reseller=self.reseller)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            if card is None:
                messages.warning(request, _("No card was added."))
            else:
                messages.success(request, _("%(card)s can be used now.") % {"card": card})
        return HttpResponseRedirect(reverse("billing:cards"))


class CardDialog(CardPage, Dialog):
    """A question about one card of the company."""

    card: Card

    def fetch(self, **kwargs: Any) -> None:
        """Load the card; raises Http404 for a stranger's and for one that was removed."""
        super().fetch(**kwargs)
        cards = Card.objects.for_reseller(self.reseller).in_use()
        self.card = get_object_or_404(cards, uuid=kwargs["uuid"])

    @property
    def back(self) -> str:
        """Return the list."""
        return reverse("billing:cards")


class MakeDefault(CardDialog):
    """Let a card pay what the balance does not."""

    verb = gettext_lazy("Make it the default")

    def why_not(self) -> str | None:
        """Say why it cannot be the default."""
        return why_not_default(self.card, self.today)

    @property
    def heading(self) -> str:
        """Name action and card."""
        return _("Make %(card)s the default card?") % {"card": self.card}

    def sentences(self) -> list[str]:
        """Say what it means."""
        return [
            _("Renewals that the balance does not cover are charged to it from now on."),
            _("You can make another card the default at any time."),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Do it."""
        card = make_default(self.reseller, self.card.uuid, actor=self.user, now=self.now)
        return _("%(card)s is the default card now.") % {"card": card}


class RemoveCard(CardDialog):
    """Remove a card."""

    verb = gettext_lazy("Remove the card")
    is_danger = True

    def why_not(self) -> str | None:
        """Say why it cannot be removed."""
        return why_not_remove(self.card)

    @property
    def heading(self) -> str:
        """Name action and card."""
        return _("Remove %(card)s?") % {"card": self.card}

    def sentences(self) -> list[str]:
        """Say what it means."""
        return [
            _("It cannot be charged from here any more, and the gateway lets go of it."),
            _("Past payments stay listed. To use it again, add it anew."),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Remove it."""
        card = remove_card(self.reseller, self.card.uuid, actor=self.user, now=self.now)
        return _("%(card)s is removed.") % {"card": card}
