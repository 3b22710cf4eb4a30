"""A kind whose text may be changed, and what is written of it."""

from mailing.texts.declared import Changeable, Filling, Placeholder, block, link

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
