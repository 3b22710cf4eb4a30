"""The file of the customer activations: the rows of the list, without a code, without formulas."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from exports.csv import csv_response
from exports.kinds import kind_named
from licenses.models import License
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.activation.desk import SignedIn, activated
from tests.factories import CustomerFactory

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def exported(kind: str, user: User, query: str) -> list[list[str]]:
    """Return the cells of an export, header first."""
    found = kind_named(kind)
    rows = found.rows(user, query, timezone.now())
    assert user.reseller
    answer = csv_response(rows, found.columns_for(user), filename="x", reseller=user.reseller)
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def license(acme: Reseller) -> License:
    """Activated by a customer whose company is called like a formula."""
    nova = CustomerFactory.create(reseller=acme, company="=1+1", email="info@nova.example")
    return activated(acme, customer=nova, ends_on=date(2027, 1, 31), order={"number": "1234567890"})


@time_machine.travel(NOW, tick=False)
def test_the_columns(license: License, bob: User) -> None:
    header, row = exported("activations", bob, "date_from=")
    assert ",".join(header) == (
        "License,Product,Order Number,Customer,Contact,E-mail,Country,Activated,From,To,Status,"
        "Auto Renew,Distribution Company"
    )
    assert row == [
        *(f"…-{license.activation_code[-5:]}", license.product.name, "1234567890", "'=1+1"),
        *("Maria Muster", "info@nova.example", "DE", "2026-02-01", "2026-02-01", "2027-01-31"),
        *("active", "False", ""),
    ]


def test_the_same_query_keeps_the_same_rows(license: License, bob: User) -> None:
    assert len(exported("activations", bob, "status=active&date_from=")) == 2
    assert len(exported("activations", bob, "status=expired&date_from=")) == 1
    assert len(exported("activations", bob, "")) == 1  # today's
    with pytest.raises(Refusal):
        exported("activations", bob, "status=nonsense")


def test_it_says_what_it_covers(license: License, bob: User) -> None:
    covers = kind_named("activations").covers
    assert covers(bob, "status=active", timezone.now()) == "Status: Active"
    assert covers(bob, "date_from=", timezone.now()) == "Without any filter"


def test_bob_is_offered_it_and_charlie_exports_his_own(
    as_: SignedIn, bob: User, charlie: User, license: License
) -> None:
    page = as_(bob).get("/activations/?date_from=").text
    assert "/exports/activations/?date_from=" in page
    assert "Export 1 activation" in page
    assert len(exported("activations", charlie, "date_from=")) == 1
