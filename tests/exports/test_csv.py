"""The bytes of a CSV: what a spreadsheet and a script are given."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from activation.models import Customer
from exports.csv import FORMULA, BeginsPlainly, Column, csv_response
from orders.models import Order
from resellers.models import Reseller
from tests.factories import CustomerFactory, LicenseFactory, OrderFactory

BOM = b"\xef\xbb\xbf"


def written(queryset: QuerySet[Any], columns: Sequence[Column], reseller: Reseller) -> bytes:
    """Return the whole file."""
    answer = csv_response(queryset, columns, filename="x.csv", reseller=reseller)
    return answer.content


def cell(text: str, acme: Reseller) -> str:
    """Return what a customer's name looks like in the file, read by a CSV reader."""
    CustomerFactory.create(reseller=acme, company=text)
    data = written(Customer.objects.all(), [Column("Company", "company")], acme)
    rows = list(csv.reader(io.StringIO(data.removeprefix(BOM).decode(), newline="")))
    return rows[1][0]


def test_a_file_begins_with_a_byte_order_mark_and_every_line_ends_with_crlf(acme: Reseller) -> None:
    CustomerFactory.create(reseller=acme, company="Müller", name="Zoë")
    columns = [Column("Company", "company"), Column("Contact, name", "name")]
    data = written(Customer.objects.all(), columns, acme)
    assert data == BOM + 'Company,"Contact, name"\r\nMüller,Zoë\r\n'.encode()


def test_commas_quotes_and_line_feeds_stay_inside_their_cell(acme: Reseller) -> None:
    CustomerFactory.create(reseller=acme, company='A "big", \nold\r\nfirm')
    data = written(Customer.objects.all(), [Column("Company", "company")], acme)
    assert data == BOM + b'Company\r\n"A ""big"", \nold\r\nfirm"\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize(
    "blanks", ["", "  ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE} ", "\N{ZERO WIDTH SPACE}"]
)
def test_no_cell_runs_as_a_formula(acme: Reseller, start: str, blanks: str) -> None:
    text = f"{blanks}{start}cmd|' /C calc'!A0"
    assert cell(text, acme) == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "1-2", "x@y.example", "'quoted", " plain", "\\.", "NULL"])
def test_harmless_text_stays_as_it_is(acme: Reseller, text: str) -> None:
    assert cell(text, acme) == text


def test_what_begins_plainly_is_nothing_that_the_pattern_would_guard(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM generate_series(1, 1000) AS n WHERE chr(n) || '1+1' ~ %s", [FORMULA]
        )
        guarded = {number for (number,) in cursor.fetchall()}
    assert guarded >= set(map(ord, "=+-@\t\r\n"))
    assert not guarded & set(map(int, BeginsPlainly.plain.split(", ")))


def test_numbers_booleans_and_days_are_left_alone(acme: Reseller) -> None:
    order = OrderFactory.create(reseller=acme, quantity=1284, unit_amount=Decimal("1.10"))
    LicenseFactory.create(order=order, recurrent=True)
    columns = [
        Column("Amount", "order__amount", text=False),
        Column("Minus", F("order__quantity") * Value(-1), text=False),
        Column("Recurrent", "recurrent", text=False),
        Column("Day", TruncDate("order__placed_at"), text=False),
        Column("Ends", "ends_on", text=False),
    ]
    data = written(type(order.licenses.get()).objects.all(), columns, acme)
    day = acme.day_of(order.placed_at).isoformat()
    assert data.splitlines()[1].decode() == f"1412.40,-1284,True,{day},"


def test_days_and_times_are_the_resellers_wherever_the_file_is_written(acme: Reseller) -> None:
    OrderFactory.create(reseller=acme, placed_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    columns = [
        Column("Day", TruncDate("placed_at"), text=False),
        Column("As a day", Cast("placed_at", DateField()), text=False),
        Column("With offset", "placed_at", text=False),
    ]
    with timezone.override("Pacific/Honolulu"):
        data = written(Order.objects.all(), columns, acme)
    assert data.splitlines()[1] == b"2026-11-24,2026-11-24,2026-11-24 00:30:00+01"


def test_empty_text_and_no_text_are_both_empty_cells(acme: Reseller) -> None:
    CustomerFactory.create(reseller=acme)
    nothing = Value(None, output_field=CharField())
    columns = [Column("A", Value("")), Column("B", nothing), Column("C", Value("c"))]
    assert written(Customer.objects.all(), columns, acme).endswith(b"\r\n,,c\r\n")


def test_no_rows_are_a_file_with_its_header(acme: Reseller) -> None:
    data = written(Customer.objects.none(), [Column("Company", "company")], acme)
    assert data == BOM + b"Company\r\n"
