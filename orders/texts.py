"""What a company may write itself in the confirmation of an order, and a sample of one."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy

from activation.texts import no_code
from catalog.terms import term_in_words
from licenses.links import activation_link
from mailing.texts.declared import Changeable, Filling, Placeholder, block, link
from reseller_portal.display import day_text, moment_text, money_text
from resellers.models import Reseller


def words_of(order: Any, person: Any, address: str, file_address: str) -> dict[str, str]:
    """Return what stands for the placeholders of an order."""
    return {
        "person": person.name,
        "reseller": order.reseller.name,
        "order_number": order.number,
        "date": day_text(order.placed_at),
        "product": order.product.name,
        "term": term_in_words(order.term_months),
        "quantity": number_format(order.quantity, force_grouping=True),
        "amount": money_text(order.amount, order.currency),
        "reference": order.reference,
        "distribution_company": str(order.distribution_company or ""),
        "order_link": address,
        "file_link": file_address,
    }


def _sample(reseller: Reseller) -> Filling:
    order = SimpleNamespace(
        reseller=reseller,
        number="0000000001",
        placed_at=timezone.now(),
        product=SimpleNamespace(name=_("Sample Product")),
        term_months=12,
        quantity=2,
        amount=Decimal(240),
        currency=reseller.currency,
        reference="PO 1",
        distribution_company=None,
    )
    address = settings.SITE_URL + reverse("orders:show", args=[order.number])
    file = settings.SITE_URL + reverse("orders:activation_codes", args=[order.number])
    words = words_of(order, SimpleNamespace(name=_("Kim Sample")), address, f"{file}?format=csv")
    facts = [
        (_("Order Number"), words["order_number"]),
        (_("Date"), moment_text(order.placed_at)),
        (_("Product"), f"{words['product']}, {words['term']}"),
        (_("Quantity"), words["quantity"]),
        (_("Amount"), words["amount"]),
    ]
    codes = [no_code(number) for number in (1, 2)]
    lines = [{"code": code, "link": activation_link(code)} for code in codes]
    said = _("Send each customer a link: it works once, and opening it changes nothing.")
    licenses = {"introduction": [said], "is_spacious": True, "blocks": [lines]}
    return Filling(words, {"facts": facts, **licenses})


CONFIRMATION = Changeable(
    gettext_lazy("Whoever placed the order"),
    (
        Placeholder("person", gettext_lazy("The name of who reads the mail.")),
        Placeholder("reseller", gettext_lazy("The name of your company.")),
        Placeholder("order_number", gettext_lazy("The number of the order.")),
        Placeholder("date", gettext_lazy("The day on which it was placed.")),
        Placeholder("product", gettext_lazy("The product that was bought.")),
        Placeholder("term", gettext_lazy("For how long, such as “12 months”.")),
        Placeholder("quantity", gettext_lazy("How many licenses were bought.")),
        Placeholder("amount", gettext_lazy("What they cost.")),
        Placeholder("reference", gettext_lazy("Your own reference; nothing if there is none.")),
        Placeholder(
            "distribution_company", gettext_lazy("For whom it was bought, if for anybody.")
        ),
        link("order_link", gettext_lazy("The address of the order.")),
        link("file_link", gettext_lazy("The address of the CSV file with all codes and links.")),
        block("details", gettext_lazy("All facts of the order, one a line."), "order_details"),
        block(
            "licenses",
            gettext_lazy("The codes and links of all licenses, and how to use them."),
            "order_licenses",
        ),
    ),
    _sample,
    needed=("licenses",),
)
