"""Status and auto renew are derived from facts, and alike in Python, in SQL and in the files."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from licenses.exports import auto_renew_column
from licenses.models import License
from licenses.status import LicenseStatus
from resellers.models import Reseller
from tests.factories import ProductFactory, make_active, make_cancelled, make_order

TO = date(2026, 3, 31)


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """One license of each kind, for products with 14, 1 and no days of grace; To is 31 March."""
    return [license for days in (14, 1, 0) for license in of_product(acme, days)]


def of_product(acme: Reseller, grace_days: int) -> Iterator[License]:
    product = ProductFactory.create(grace_days=grace_days)
    order = make_order(acme, quantity=4, product=product, term_months=1)
    _available, active, cancelled, cancelled_later = order.licenses.all()
    make_active(active, ends_on=TO)
    make_cancelled(cancelled)
    make_cancelled(make_active(cancelled_later, ends_on=TO))
    yield from order.licenses.select_related("product")


@pytest.mark.parametrize("day", [TO + timedelta(days) for days in range(-3, 20)], ids=str)
def test_python_and_sql_give_the_same_status_on_every_day(
    licenses: list[License], day: date
) -> None:
    rows: Any = License.objects.with_status(day)
    assert dict(rows.values_list("pk", "status")) == {
        license.pk: license.status_on(day) for license in licenses
    }


@pytest.mark.parametrize(
    ("grace_days", "days_after_to", "status"),
    [
        (14, 0, LicenseStatus.ACTIVE),
        (14, 1, LicenseStatus.GRACE),
        (14, 14, LicenseStatus.GRACE),
        (14, 15, LicenseStatus.EXPIRED),
        (0, 0, LicenseStatus.ACTIVE),
        (0, 1, LicenseStatus.EXPIRED),
    ],
)
def test_to_is_the_last_day_that_counts_and_grace_follows_it(
    acme: Reseller, grace_days: int, days_after_to: int, status: LicenseStatus
) -> None:
    _available, active, *_cancelled = of_product(acme, grace_days)
    assert active.status_on(TO + timedelta(days_after_to)) == status


@pytest.mark.parametrize("status", LicenseStatus.values)
def test_asking_for_a_status_gives_the_licenses_that_have_it(
    licenses: list[License], status: str
) -> None:
    day = TO + timedelta(days=1)
    found = set(License.objects.in_status(status, day).values_list("pk", flat=True))
    assert found == {license.pk for license in licenses if license.status_on(day) == status}


def test_auto_renew_is_recurrent_and_activated_everywhere(acme: Reseller) -> None:
    for recurrent in (True, False):
        make_active(make_order(acme, quantity=2, recurrent=recurrent).licenses.all()[0])
    rows: Any = License.objects.annotate(renews=auto_renew_column())
    assert {license.pk: license.renews for license in rows} == {
        license.pk: license.auto_renew for license in License.objects.all()
    }
    assert rows.filter(renews=True).count() == 1
