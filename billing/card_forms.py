"""What people may type about paying by card."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.models import Card
from reseller_portal.display import money_text
from resellers.models import Reseller

LEAST, MOST = Decimal("1.00"), Decimal("250000.00")


class CardChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # takes none when it runs
    """A card of the company that can be charged today, the default one chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, label=_("Card"), empty_label=None, **options)

    def offer(self, reseller: Reseller, today: date) -> None:
        """Offer a company's cards."""
        cards = Card.objects.for_reseller(reseller).chargeable(today)
        self.queryset = cards.order_by("-is_default", "-added_at", "pk")


class Deposit(forms.Form):
    """How much, from which card."""

    amount = amount_field(_("Amount"), min_value=LEAST, max_value=MOST, max_digits=None)
    card = CardChoice()
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reseller: Reseller, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        cards: Any = self.fields["card"]
        cards.offer(reseller, today)
        amount, currency = self.fields["amount"], reseller.currency
        amount.label = _("Amount in %(currency)s") % {"currency": currency}
        bounds = {"least": money_text(LEAST, currency), "most": money_text(MOST, currency)}
        said = _("Deposit between %(least)s and %(most)s.") % bounds
        amount.error_messages |= {"min_value": said, "max_value": said}
