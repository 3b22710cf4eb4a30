"""What the record says of products and prices: the vendor's own, and in no reseller's record."""

from django.utils.translation import gettext_lazy as _

from resellers.record import says

says("product.added", _("Product added"))
says("product.changed", _("Product changed"))
says("price.added", _("Price added"))
says("price.changed", _("Price changed"))
says("price.deleted", _("Price deleted"))
