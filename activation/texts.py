"""What a company may write itself in mails to its customers, and samples of what stands for it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from licenses.codes import last_group
from mailing.texts.declared import Changeable, Filling, Placeholder, block
from reseller_portal.display import day_text
from resellers.models import Reseller

READERS = gettext_lazy("The customer")
OF_A_LICENSE = (
    Placeholder("customer", gettext_lazy("The name of the customer’s contact.")),
    Placeholder("customer_company", gettext_lazy("The name of the customer’s company.")),
    Placeholder("customer_email", gettext_lazy("The customer’s registered e-mail address.")),
    Placeholder("reseller", gettext_lazy("The name of your company.")),
    Placeholder("product", gettext_lazy("The product of the license.")),
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


def _sample(reseller: Reseller) -> Filling:
    today = reseller.day_of(timezone.now())
    license = SimpleNamespace(
        product=_("Sample Product"),
        anchor_on=today,
        ends_on=today + timedelta(days=364),
        activation_code="XXXXX",
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
