"""What vendor staff find across all companies by a customer's e-mail, or its beginning."""

from django.db.models.functions import Lower

from activation.models import Customer
from licenses.models import License
from resellers.staff.finding import first_keys, keys_anywhere


def customers_with_email(term: str) -> list[int]:
    """Return the keys of the customers."""
    customers = Customer.objects.alias(address=Lower("email"))
    return keys_anywhere(customers.filter(address__startswith=term.lower()))


def licenses_of_customers(term: str) -> list[int]:
    """Return the keys of the licenses that these customers activated."""
    known = customers_with_email(term)
    companies = set(Customer.objects.filter(pk__in=known).values_list("reseller", flat=True))
    return first_keys(License.objects.filter(reseller__in=companies, customer__in=known))
