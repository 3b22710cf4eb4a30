"""What a company may write itself in mails to its customers, and samples of what stands for it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from catalog.terms import term_in_words
from licenses.codes import last_group
from licenses.links import activation_link
from mailing.texts.declared import Changeable, Filling, Placeholder, block, link
from reseller_portal.display import day_text
from resellers.models import Reseller

READERS = gettext_lazy("The customer")
RESELLER = Placeholder("reseller", gettext_lazy("The name of your company."))
PRODUCT = Placeholder("product", gettext_lazy("The product of the license."))
EMAIL = Placeholder("customer_email", gettext_lazy("The customer’s e-mail address."))
OF_A_LICENSE = (
    Placeholder("customer", gettext_lazy("The name of the customer’s contact.")),
    Placeholder("customer_company", gettext_lazy("The name of the customer’s company.")),
    EMAIL,
    RESELLER,
    PRODUCT,
    Placeholder("from", gettext_lazy("The first day of the license.")),
    Placeholder("to", gettext_lazy("The last day that is paid for.")),
    Placeholder("code_ending", gettext_lazy("The last group of the activation code.")),
)


def words_of(license: Any, customer: Any, reseller: Reseller) -> dict[str, str]:
    """Return what stands for the placeholders of a customer's license."""
    return {
        "customer": customer.name,
        "customer_company": customer.company,
        "customer_email": customer.email,
        "reseller": reseller.name,
        "product": str(license.product),
        "from": day_text(license.anchor_on),
        "to": day_text(license.ends_on),
        "code_ending": last_group(license.activation_code),
    }


def no_code(number: int) -> str:
    """Return what looks like a code to people, and is none: no code has zeros.

    It stands in previews and test mails, which may hold no code.
    """
    return f"{'XXXXX-' * 5}0000{number}"


def _sample(reseller: Reseller) -> Filling:
    today = reseller.day_of(timezone.now())
    license = SimpleNamespace(
        product=_("Sample Product"),
        anchor_on=today,
        ends_on=today + timedelta(days=364),
        activation_code=no_code(1),
    )
    customer = SimpleNamespace(
        name=_("Kim Sample"), company=_("Sample Customer"), email="kim@customer.example"
    )
    context = {"license": license, "activation": SimpleNamespace(terms_version=1), "by_link": True}
    return Filling(words_of(license, customer, reseller), context)


ACTIVATED = Changeable(
    READERS,
    (
        *OF_A_LICENSE,
        block(
            "how",
            gettext_lazy("A paragraph that says who activated it, and which terms were accepted."),
            "license_activated_how",
        ),
    ),
    _sample,
    needed=("product",),
)


def greeting(name: str) -> str:
    """Return how a customer is greeted, whose name may not be known."""
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def _sample_link(reseller: Reseller) -> Filling:
    words = {
        "greeting": greeting(_("Kim Sample")),
        "customer_email": "kim@customer.example",
        "reseller": reseller.name,
        "product": _("Sample Product"),
        "term": term_in_words(12),
        "link": activation_link(no_code(1)),
    }
    return Filling(words, {"words": _("Here is the license that we talked about.")})


LINK = Changeable(
    READERS,
    (
        Placeholder("greeting", gettext_lazy("“Hello” and the name, if one was given.")),
        EMAIL,
        RESELLER,
        PRODUCT,
        Placeholder("term", gettext_lazy("For how long, such as “12 months”.")),
        link("link", gettext_lazy("The link that activates the license.")),
        block(
            "words",
            gettext_lazy("What the sender wrote to this customer; nothing if they did not."),
            "activation_link_words",
        ),
    ),
    _sample_link,
    needed=("link", "words"),
)
