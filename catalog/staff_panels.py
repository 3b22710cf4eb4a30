"""What a product costs, in the admin site: today, from when on otherwise, and before."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from catalog.models import Price, Product
from catalog.terms import term_in_words
from catalog.validity import Course, courses
from reseller_portal.display import day_text, money_text
from resellers.staff.buttons import ButtonLink
from resellers.staff.columns import EMPTY, link_to
from resellers.staff.panels import Panel, list_of, shown_on


@shown_on(Product, 10)
def prices(product: Product, now: datetime) -> Panel:
    """Show a line for each currency, term and quantity."""
    found = courses(Price.objects.filter(product=product), now.date())
    heads = (
        *(_("currency"), _("term"), _("from quantity"), _("price today")),
        *(_("since"), _("to come"), _("before"), _("replace")),
    )
    add = f"{reverse('admin:catalog_price_add')}?product={product.pk}"
    return Panel(
        _("Prices on %(day)s") % {"day": day_text(now.date())},
        heads,
        [line(course) for course in found],
        empty=_("It has no price yet, and so cannot be bought. Add one for each term."),
        url=list_of(Price, product__id__exact=product.pk),
        more=_("All prices of this product"),
        links=[ButtonLink(_("Add a price"), add, is_main=False, reason=None)],
    )


def line(course: Course) -> list[str]:
    """Return one course as a line of the table."""
    now = course.now
    return [
        course.currency,
        term_in_words(course.term_months),
        str(course.minimum_quantity),
        EMPTY if now is None else linked(now),
        EMPTY if now is None else day_text(now.valid_from),
        lines((price, _("from %(day)s"), price.valid_from) for price in course.to_come),
        lines((price, _("until %(day)s"), last) for price, last in reversed(course.over)),
        replace(course.newest),
    ]


def linked(price: Price) -> str:
    """Return the amount with a link to the price."""
    return link_to(price, money_text(price.amount, price.currency))


def lines(prices: Iterable[tuple[Price, str, date]]) -> str:
    """Return some prices with a day each, one below the other."""
    told = ((linked(price), said % {"day": day_text(day)}) for price, said, day in prices)
    return format_html_join("", '<div class="on-one-line">{} {}</div>', told) or EMPTY


def replace(price: Price) -> str:
    """Return a link to where a price is replaced."""
    url = reverse("admin:catalog_price_replace", args=[price.pk])
    return format_html('<a href="{}">{}</a>', url, _("Replace"))
