"""What a person may type to buy, and to ask for a refund."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.card_forms import CardChoice
from billing.gateway import cards_are_on
from catalog.models import Price, Product
from catalog.terms import term_in_words
from orders.models import PaymentType
from orders.purchases import MOST
from reseller_portal.form_words import WHOLE_NUMBER
from reseller_portal.name_fields import LineField
from reseller_portal.secrets import refuse_secrets
from reseller_portal.widgets import KeepingSelect
from resellers.models import DistributionCompany, User
from resellers.roles import Right

RANGE = format_lazy(_("Choose a quantity from 1 to {most}."), most=MOST)
NO_CARD = _(
    "Your company has no card that can pay (any more). Pay from the balance, or add a card under "
    "Settings, Payment, and come back."
)


class PurchaseForm(forms.Form):
    """What to buy. The prices are of the company's currency and day."""

    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        to_field_name="slug",
        empty_label=_("Choose a product"),
        widget=KeepingSelect,
        error_messages={
            "required": _("Choose a product."),
            "invalid_choice": _("This product is not sold (any more). Choose another one."),
        },
    )
    term = forms.TypedChoiceField(
        label=_("Term"),
        coerce=int,
        initial="12",
        widget=KeepingSelect,
        error_messages={
            "required": _("Choose a term."),
            "invalid_choice": _("Choose one of the terms in the list."),
        },
    )
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MOST,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": WHOLE_NUMBER,
            "min_value": RANGE,
            "max_value": RANGE,
        },
    )
    distribution_company: "forms.ModelChoiceField[DistributionCompany]" = forms.ModelChoiceField(
        label=_("Distribution company"),
        queryset=None,
        required=False,
        empty_label=_("None"),
        widget=KeepingSelect,
        error_messages={
            "invalid_choice": _(
                "This distribution company is not in use (any more). Choose another one, or none."
            )
        },
    )
    recurrent = forms.BooleanField(
        label=_("Renew automatically, once activated"),
        required=False,
    )
    reference = LineField(
        label=_("Your reference"),
        max_length=100,
        required=False,
        help_text=_("For your own books, such as a project or a purchase number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    payment_type = forms.ChoiceField(
        label=_("Pay by"),
        initial=PaymentType.BALANCE,
        error_messages={
            "required": _("Choose how to pay."),
            "invalid_choice": _("This way of paying is not offered here. Choose another one."),
        },
    )
    card = CardChoice(required=False, error_messages={"required": _("Choose a card.")})

    def __init__(self, data: Any = None, *, user: User, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        reseller = user.reseller
        if reseller is None:
            raise ValueError("only people of a reseller buy")
        fields: dict[str, Any] = self.fields
        prices = Price.objects.in_force(reseller.currency, reseller.day_of(now))
        sold = prices.of_products_on_sale(now)
        products = Product.objects.filter(pk__in=sold.values("product")).order_by("name")
        companies = DistributionCompany.objects.for_reseller(reseller)
        fields["product"].queryset = products
        fields["distribution_company"].queryset = companies.in_use()
        terms = sold.order_by("term_months").values_list("term_months", flat=True).distinct()
        fields["term"].choices = [(str(months), term_in_words(months)) for months in terms]
        fields["card"].offer(reseller, reseller.day_of(now))
        pays_by_card = offers_cards(user) and fields["card"].queryset.exists()
        fields["payment_type"].choices = payment_types(pays_by_card)
        if not pays_by_card:
            self._leave_cards_out(user)
        elif self.data.get("payment_type", PaymentType.CARD) == PaymentType.CARD:
            fields["card"].required = True

    def _leave_cards_out(self, user: User) -> None:
        """Offer the balance alone; who chose a card all the same sees that, and what to do."""
        field = self.fields["payment_type"]
        self.initial["payment_type"] = PaymentType.BALANCE
        del self.fields["card"]
        if self.data.get("payment_type", PaymentType.BALANCE) == PaymentType.BALANCE:
            field.widget = forms.HiddenInput()
        elif offers_cards(user):
            field.error_messages["invalid_choice"] = NO_CARD

    @property
    def offers_cards(self) -> bool:
        """Say whether a card can be chosen."""
        return "card" in self.fields


def offers_cards(user: User) -> bool:
    """Say whether a person may pay by card here."""
    return cards_are_on() and user.may(Right.ADMINISTER)


def payment_types(by_card: bool) -> list[tuple[str, Any]]:
    """Return the ways of paying that are offered."""
    types = PaymentType if by_card else (PaymentType.BALANCE,)
    return [(each.value, each.label) for each in types]


class RefundForm(forms.Form):
    """Why somebody wants their money back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The vendor's staff read it when they decide."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, so that the vendor can decide.")},
        validators=[refuse_secrets],
    )
