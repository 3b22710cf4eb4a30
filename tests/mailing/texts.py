"""A kind whose text may be changed, what is written of it, and texts that companies have."""

from django.utils import timezone

from mailing.models import EmailText
from mailing.texts.declared import Changeable, Filling, Placeholder, block, link
from resellers.models import Reseller

FILLING = Filling(
    {
        "customer": "Ærø & {product}",
        "product": "<b>Guard</b>",
        "order_link": "https://portal.example/?a=1&b=2",
    },
    {"facts": [("Number", "1 < 2")]},
)
LETTER = Changeable(
    "Whoever",
    (
        Placeholder("customer", "The customer."),
        Placeholder("product", "The product."),
        link("order_link", "The order."),
        block("details", "The facts.", "order_details"),
    ),
    lambda _reseller: FILLING,
    needed=("product",),
)


def own_text(reseller: Reseller, kind: str, subject: str, body: str) -> EmailText:
    """Store a text, as it may have been right once."""
    author, now = reseller.users.first(), timezone.now()
    texts = {"subject": subject, "body": body, "changed_by": author, "changed_at": now}
    return EmailText.objects.create(reseller=reseller, kind=kind, **texts)
