"""What may be asked of the price list; its file asks the same."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models import Price, Product
from catalog.querysets import PriceQuerySet
from catalog.terms import term_in_words
from reseller_portal.filter_fields import choice_filter, row_filter
from reseller_portal.filtering import FilterForm, ListFilter, Sort
from resellers.models import User


class PriceFilter(ListFilter):
    """The filters of the price list: what is on sale today, in the company's own currency."""

    product = row_filter(_("Product"), key="slug")
    family = choice_filter(_("Family"), [])
    term = choice_filter(_("Term"), [])

    sorts = {"product": Sort(_("Product"), ("product__name", "term_months", "minimum_quantity"))}

    class Meta:
        model = Price
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: User, now: Any) -> None:
        super().__init__(data, user=user, now=now)
        on_sale = Product.objects.on_sale(now)
        families = on_sale.exclude(family="").order_by("family").values_list("family", flat=True)
        terms = self.start().order_by("term_months").values_list("term_months", flat=True)
        self.offer(product=on_sale)
        self.filters["family"].field_name = "product__family"
        self.filters["family"].extra["choices"] = [(name, name) for name in families.distinct()]
        self.filters["term"].field_name = "term_months"
        self.filters["term"].extra["choices"] = [
            (str(months), term_in_words(months)) for months in terms.distinct()
        ]

    def start(self) -> PriceQuerySet:
        """Return today's prices in the reseller's currency."""
        prices = Price.objects.in_force(self.reseller.currency, self.today)
        return prices.of_products_on_sale(self.now)
