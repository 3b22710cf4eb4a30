"""The confirmation of an order: what was bought, and the code and link of every license.

How it stays readable with thousands of licenses: the facts and the way to the CSV file come first;
beyond SPACIOUS licenses each takes one line, under a heading for every hundred. The order is read
anew at each attempt, so that a license that was cancelled since is left out.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from catalog.terms import term_in_words
from licenses.links import activation_link
from licenses.models import License
from mailing.kinds import MailText, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from orders.confirmation import KIND, may_receive
from orders.models import Order
from orders.texts import CONFIRMATION, words_of
from orders.tiles import Tile, tile
from reseller_portal.display import moment_text, money_text
from resellers.models import User

SPACIOUS = 50
BLOCK = 100


@dataclass(frozen=True)
class Line:
    """One license in the mail; `used_on` is its activation day."""

    number: int
    code: str
    link: str
    used_on: date | None


@mail_kind(KIND, gettext_lazy("Order confirmation"), changeable=CONFIRMATION)
def order_confirmation(mail: Mail) -> MailText:
    """Write the confirmation of the order that the mail is about, with the codes of its licenses.

    Raises UndeliverableError when the person may no longer be sent activation codes.
    """
    order = Order.objects.with_parts().get(reseller=mail.reseller, number=mail.about)
    person = _reader(mail)
    context = _context(order, _lines(order))
    return letter(
        mail,
        _subject(order),
        filling=words_of(order, person, context["address"], context["file_address"]),
        person=person,
        facts=_facts(order, tile(order, order.reseller.day_of(mail.queued_at))),
        **context,
    )


def _subject(order: Order) -> str:
    return _("Order %(number)s: %(quantity)d × %(product)s") % {
        "number": order.number,
        "quantity": order.quantity,
        "product": order.product.name,
    }


def _context(order: Order, lines: list[Line]) -> dict[str, Any]:
    codes = reverse("orders:activation_codes", args=[order.number])
    return {
        "order": order,
        "address": f"{settings.SITE_URL}{reverse('orders:show', args=[order.number])}",
        "file_address": f"{settings.SITE_URL}{codes}?format=csv",
        "introduction": _introduction(len(lines), order.quantity - len(lines)),
        "is_spacious": len(lines) <= SPACIOUS,
        "blocks": [lines[at : at + BLOCK] for at in range(0, len(lines), BLOCK)],
        "caution": _("Whoever has a code can use its license: pass it on to its customer only."),
    }


def _reader(mail: Mail) -> User:
    insiders = User.objects.filter(Q(reseller=mail.reseller) | Q(is_staff=True))
    person = insiders.filter(email__iexact=mail.to).first()
    if person is None or not may_receive(person):
        raise UndeliverableError(
            _("%(email)s may no longer be sent activation codes. Send the mail again.")
            % {"email": mail.to}
        )
    return person


def _lines(order: Order) -> list[Line]:
    licenses = License.objects.for_reseller(order.reseller).filter(order=order, cancelled_at=None)
    rows = licenses.order_by("id").values_list("activation_code", "anchor_on")
    return [
        Line(number, code, activation_link(code), used_on)
        for number, (code, used_on) in enumerate(rows.iterator(), start=1)
    ]


def _facts(order: Order, shown: Tile) -> list[tuple[str, str]]:
    each = _("%(amount)s a license") % {"amount": money_text(order.unit_amount, order.currency)}
    amount = money_text(order.amount, order.currency)
    facts = [
        (_("Order Number"), order.number),
        (_("Date"), moment_text(order.placed_at)),
        (_("User"), order.user.name),
        (_("Product"), f"{order.product}, {term_in_words(order.term_months)}"),
        (_("Quantity"), number_format(order.quantity, force_grouping=True)),
        (_("Amount"), f"{amount} ({each})" if order.quantity > 1 else amount),
        (_("Payment Type"), order.get_payment_type_display()),
        (_("State"), shown.state),
        (_("Distribution Company"), str(order.distribution_company or "")),
        (_("Your reference"), order.reference),
    ]
    return [(label, value) for label, value in facts if value]


def _introduction(count: int, left_out: int) -> list[str]:
    sentences = [_("No license of this order can be used any more.")]
    if count:
        sentences = [
            ngettext(
                "Send the link to your customer: it works once, and opening it changes nothing.",
                "Send each customer a link: it works once, and opening it changes nothing.",
                count,
            )
        ]
    if left_out:
        said = ngettext(
            "%(count)d cancelled license is left out.",
            "%(count)d cancelled licenses are left out.",
            left_out,
        )
        sentences.append(said % {"count": left_out})
    return sentences
