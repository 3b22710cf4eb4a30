"""Sample data: the same each time, as promised, and nothing that was not there before is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from catalog.models import Price, Product
from desk.seed.run import seed
from desk.seed.sizes import Sizes
from desk.verify.registry import check_all
from exports.models import Export
from licenses.calendar import period_days
from licenses.models import License, Renewal, RenewalAttempt
from licenses.renewing.due import resellers_due
from licenses.status import LicenseStatus
from mailing.models import Mail, MailState
from orders.models import Order, OrderState, PaymentType
from resellers.models import Reseller, User
from tests.desk.seeding import catalog, fetched, latest_moment, rolled_back

NOW = timezone.now()
SIZES = Sizes(resellers=6, orders=400, licenses_per_order=10, seed=1)
KNOWN = pytest.mark.parametrize("name", ["Acme", "Globex"])


class Seeded:
    """What was said and seen while sample data was made."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.catalog_before = catalog()
        began = datetime.now(UTC)
        seed(SIZES, now=NOW, say=self.said.append)
        self.seconds = (datetime.now(UTC) - began).total_seconds()


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seeded]:
    """Sample data as `make run` makes it, for all tests of this module that only read."""
    with django_db_blocker.unblock(), rolled_back():
        yield Seeded()


def reseller(name: str) -> Reseller:
    return Reseller.objects.get(name=name)


def today_of(company: Reseller) -> date:
    return company.day_of(NOW)


def todays(company: Reseller) -> Any:
    day = today_of(company)
    return Order.objects.for_reseller(company).placed_between(company, day, day)


def test_everything_holds_right_after(seeded: Seeded) -> None:
    assert [result.name for result in check_all() if result.rows] == []


def test_the_schema_is_as_it_was(seeded: Seeded) -> None:
    assert catalog() == seeded.catalog_before


def test_a_small_set_takes_seconds(seeded: Seeded) -> None:
    assert seeded.seconds < 15


def test_it_says_what_it_does(seeded: Seeded) -> None:
    assert any("400 orders" in line and " s " in line for line in seeded.said)


def test_there_are_as_many_of_each_as_asked_for(seeded: Seeded) -> None:
    assert (Reseller.objects.count(), Order.objects.count()) == (6, 400)
    assert License.objects.count() == pytest.approx(4000, rel=0.05)


def test_acme_is_the_first_and_the_largest(seeded: Seeded) -> None:
    orders = Counter(Order.objects.values_list("reseller__name", flat=True))
    names = list(Reseller.objects.order_by("pk").values_list("name", flat=True))
    assert names[:2] == ["Acme", "Globex"]
    assert Reseller.objects.order_by("name").first() == reseller("Acme")
    assert orders.most_common(1) == [("Acme", round(400 * 2 / 7))]


def test_the_two_have_their_currency_and_zone(seeded: Seeded) -> None:
    acme, globex = reseller("Acme"), reseller("Globex")
    assert (acme.currency, acme.time_zone) == ("EUR", "Europe/Berlin")
    assert (globex.currency, globex.time_zone) == ("USD", "America/New_York")


@pytest.mark.parametrize(
    ("email", "company", "role"),
    [
        ("alice@acme.example", "Acme", "admin"),
        ("ann@acme.example", "Acme", "agent"),
        ("bob@acme.example", "Acme", "viewer"),
        ("charlie@globex.example", "Globex", "admin"),
        ("sam@vendor.example", None, ""),
    ],
)
def test_the_cast_can_sign_in(seeded: Seeded, email: str, company: str | None, role: str) -> None:
    person = User.objects.get(email=email)
    assert person.check_password("reseller-demo")
    assert (person.reseller and person.reseller.name, person.role) == (company, role)
    assert EmailAddress.objects.filter(
        user=person, email=email, verified=True, primary=True
    ).exists()
    assert person.is_staff is person.is_superuser is (company is None)


def test_nobody_else_has_a_password(seeded: Seeded) -> None:
    others = User.objects.exclude(email__in=["sam@vendor.example"]).filter(reseller__isnull=False)
    signing_in = [person.email for person in others if person.has_usable_password()]
    assert len(signing_in) == 4


@KNOWN
def test_three_to_twelve_orders_are_of_today(seeded: Seeded, name: str) -> None:
    assert 3 <= todays(reseller(name)).count() <= 12


@KNOWN
def test_the_newest_order_and_others_can_be_sold_from(seeded: Seeded, name: str) -> None:
    sellable = todays(reseller(name)).filter(state=OrderState.PROCESSED, available__gte=3)
    newest = Order.objects.for_reseller(reseller(name)).first()
    assert newest in sellable
    assert len(sellable) >= 2


@KNOWN
def test_every_state_payment_type_and_product_is_there(seeded: Seeded, name: str) -> None:
    orders = Order.objects.for_reseller(reseller(name))
    assert set(orders.values_list("state", flat=True)) == set(OrderState.values)
    assert set(orders.values_list("payment_type", flat=True)) == set(PaymentType.values)
    assert set(orders.values_list("product", flat=True)) == set(
        Product.objects.values_list("pk", flat=True)
    )


@KNOWN
def test_every_license_status_is_there(seeded: Seeded, name: str) -> None:
    company = reseller(name)
    rows = License.objects.for_reseller(company).select_related("product")
    found = {(row.status_on(today_of(company)), row.recurrent) for row in rows}
    both = {LicenseStatus.AVAILABLE, LicenseStatus.ACTIVE, LicenseStatus.GRACE}
    assert {(status, flag) for status in both for flag in (True, False)} <= found
    assert {(LicenseStatus.EXPIRED, False), (LicenseStatus.CANCELLED, False)} <= found


def test_every_product_has_prices_by_month_and_year_in_each_currency(seeded: Seeded) -> None:
    currencies = set(Reseller.objects.values_list("currency", flat=True))
    begun = Price.objects.filter(valid_from__lte=NOW.date())
    found = set(begun.values_list("product", "term_months", "currency"))
    for product in Product.objects.all():
        assert {(product.pk, term, money) for term in (1, 12) for money in currencies} <= found


def test_orders_cost_what_the_price_list_of_their_day_says(seeded: Seeded) -> None:
    for order in Order.objects.select_related("reseller", "product").order_by("number")[:60]:
        day = order.reseller.day_of(order.placed_at)
        price = Price.objects.today(
            order.product, order.term_months, order.currency, order.quantity, day
        )
        assert price is not None
        assert order.unit_amount == price.amount


def test_periods_are_on_the_days_that_the_calendar_computes(seeded: Seeded) -> None:
    rows = fetched("""
        SELECT anchor_on, term_months, period.number, starts_on, period.ends_on
        FROM licenses_period AS period
        JOIN licenses_license AS license ON license.id = license_id
        JOIN orders_order AS placed ON placed.id = order_id
    """)
    assert max(number for _, _, number, _, _ in rows) > 3
    assert [row for row in rows if period_days(*row[:3]) != row[3:]] == []


def test_recurrent_licenses_were_renewed_in_time(seeded: Seeded) -> None:
    for company in Reseller.objects.all():
        soon = today_of(company) + timedelta(days=7)
        late = (
            License.objects.for_reseller(company)
            .active(today_of(company))
            .filter(recurrent=True, ends_on__lte=soon)
        )
        assert not late.exists()


def test_nothing_lies_in_the_future(seeded: Seeded) -> None:
    assert latest_moment() <= NOW


def test_a_license_was_activated_after_its_order_and_in_its_customers_time(seeded: Seeded) -> None:
    wrong = fetched("""
        SELECT license.id
        FROM licenses_license AS license
        JOIN orders_order AS placed ON placed.id = order_id
        JOIN activation_customer AS customer ON customer.id = customer_id
        WHERE activated_at < placed_at OR cancelled_at < activated_at OR created_at > activated_at
    """)
    assert wrong == []


def test_orders_go_back_three_years(seeded: Seeded) -> None:
    first = Order.objects.order_by("placed_at").values_list("placed_at", flat=True)[0]
    assert timedelta(days=2.5 * 365) < NOW - first < timedelta(days=3 * 365 + 5)


def test_no_job_is_due(seeded: Seeded) -> None:
    assert not Mail.objects.unfinished().exists()
    assert not Export.objects.unfinished().exists()
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.DONE, MailState.FAILED}


@KNOWN
def test_the_links_of_some_available_licenses_were_sent(seeded: Seeded, name: str) -> None:
    available = License.objects.for_reseller(reseller(name)).available()
    sent, unsent = available.with_sent_link(), available.without_sent_link()
    assert 0 < sent.count() < unsent.count()
    assert not available.filter(link_sent_at__lt=F("order__placed_at")).exists()


def test_nothing_keeps_a_confirmation_from_being_sent_again(seeded: Seeded) -> None:
    assert not Mail.objects.filter(queued_at__gt=NOW - timedelta(minutes=10)).exists()


def test_names_are_hard_to_handle(seeded: Seeded) -> None:
    text = "".join(
        value
        for query in (
            "SELECT company || name FROM activation_customer",
            "SELECT name FROM resellers_distributioncompany",
            "SELECT reference FROM orders_order",
        )
        for (value,) in fetched(query)
    )
    assert set(",'’“&éüł青شΘ한+#") <= set(text)


def test_some_partners_are_retired_and_bought_nothing_since(seeded: Seeded) -> None:
    since = fetched("""
        SELECT placed.number
        FROM orders_order AS placed
        JOIN resellers_distributioncompany AS partner ON partner.id = distribution_company_id
        WHERE retired_at < placed_at
    """)
    assert since == []
    assert fetched("SELECT FROM resellers_distributioncompany WHERE retired_at IS NOT NULL")


def test_ids_go_on_after_those_given(seeded: Seeded) -> None:
    with rolled_back():
        company = Reseller.objects.create(name="Late", currency="EUR", time_zone="UTC")
        assert company.pk > reseller("Acme").pk


def test_it_refuses_where_orders_are(seeded: Seeded) -> None:
    with pytest.raises(CommandError, match="already holds orders"):
        call_command("seed")


def test_if_empty_it_does_nothing_where_orders_are(seeded: Seeded) -> None:
    out = StringIO()
    call_command("seed", "--if-empty", "--orders", "1000", stdout=out)
    assert out.getvalue() == ""
    assert Order.objects.count() == 400


def test_nothing_is_to_be_renewed_today(seeded: Seeded) -> None:
    assert resellers_due(NOW) == []


@KNOWN
def test_a_renewal_waits_and_another_ended(seeded: Seeded, name: str) -> None:
    renewals = Renewal.objects.for_reseller(reseller(name)).filter(license__recurrent=True)
    assert {"waiting", "ended"} <= set(renewals.values_list("state", flat=True))
    tries = RenewalAttempt.objects.filter(renewal__in=renewals, outcome="not_covered")
    assert tries.exists()
