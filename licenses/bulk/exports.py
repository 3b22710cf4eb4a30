"""The results of a bulk change as CSV: one row for each license, without activation codes."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Right

from exports.csv import Column, in_words
from licenses.codes import GROUP
from licenses.models import BulkOutcome, Source

RESULT_COLUMNS = [
    Column("License", Concat(Value("…-"), Right("license__activation_code", GROUP))),
    Column("Order Number", "license__order__number", text=False),
    Column("Product", "license__product__name"),
    Column("Customer", "license__customer__company"),
    Column("To", F("license__ends_on"), text=False),
    Column("Result", in_words("result", BulkOutcome), text=False),
    Column("Amount", "amount", text=False),
    Column("Currency", "license__order__currency", text=False),
    Column("Paid By", in_words("source", Source)),
    Column("Reason", "why"),
]
