"""Sample data: the same each time, as promised, and nothing that was not there before is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from catalog.models import Price, Product
from desk.seed.copying import copy_rows
from desk.seed.run import seed
from desk.seed.sizes import STAGED_ORDERS, Sizes, Unseedable
from desk.verify.registry import check_all
from exports.models import Export
from licenses.calendar import period_days
from licenses.models import License
from licenses.status import LicenseStatus
from mailing.models import Mail, MailState
from orders.models import Order, OrderState, PaymentType
from resellers.models import Reseller, User
from tests.desk.seeding import SMALL, catalog, fetched, rolled_back, seeded_digest

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


def latest_moment() -> datetime:
    moments = fetched("""
        SELECT max(placed_at) FROM orders_order
        UNION ALL SELECT max(greatest(activated_at, cancelled_at)) FROM licenses_license
        UNION ALL SELECT max(at) FROM resellers_auditevent
        UNION ALL SELECT max(sent_at) FROM mailing_mail
        UNION ALL SELECT max(created_at) FROM activation_customer
    """)
    return max(row[0] for row in moments if row[0] is not None)  # type: ignore[no-any-return]


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


@pytest.mark.django_db
def test_the_same_arguments_give_the_same_data() -> None:
    assert seeded_digest(SMALL, NOW) == seeded_digest(SMALL, NOW)


@pytest.mark.django_db
def test_another_seed_gives_other_data() -> None:
    other = Sizes(resellers=2, orders=60, licenses_per_order=4, seed=8)
    assert seeded_digest(SMALL, NOW) != seeded_digest(other, NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 24, 0, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 11, 24, 0, 0, 20, tzinfo=ZoneInfo("America/New_York")),
        datetime(2026, 3, 29, 3, 10, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
)
def test_at_any_hour_today_has_orders_that_have_already_happened(now: datetime) -> None:
    seed(SMALL, now=now, say=lambda _: None)
    for company in Reseller.objects.all():
        day = company.day_of(now)
        orders = Order.objects.for_reseller(company).placed_between(company, day, day)
        assert 3 <= orders.count() <= 12
        assert orders[0].available >= 3
    assert latest_moment() <= now
    assert [result.name for result in check_all() if result.rows] == []


@pytest.mark.django_db
def test_it_refuses_where_a_sample_person_is() -> None:
    User.objects.create_superuser("sam@vendor.example", "a password", name="Sam")
    with pytest.raises(Unseedable, match=r"sam@vendor\.example is already a person"):
        seed(SMALL, now=NOW, say=lambda _: None)


@pytest.mark.django_db
def test_a_failure_leaves_nothing() -> None:
    def fail(line: str) -> None:
        if "periods" in line:
            raise RuntimeError

    before = catalog()
    with pytest.raises(RuntimeError):
        seed(SMALL, now=NOW, say=fail)
    assert (Reseller.objects.count(), Order.objects.count()) == (0, 0)
    assert catalog() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"resellers": 1}, "from 2 to"),
        ({"orders": 59}, "from 60 to"),
        ({"licenses_per_order": 0}, "licenses per order"),
        ({"resellers": 100, "orders": 199}, "from 200 to"),
        ({"orders": 10_000_000, "licenses_per_order": 10_000}, "in all"),
    ],
)
def test_sizes_that_cannot_be_are_refused(arguments: dict[str, int], sentence: str) -> None:
    sizes = {"resellers": 2, "orders": 400, "licenses_per_order": 10, "seed": 1, **arguments}
    with pytest.raises(Unseedable, match=sentence):
        Sizes(**sizes)


@pytest.mark.parametrize(
    ("resellers", "orders", "acme"), [(2, 60, 40), (10, 100_000, 18_182), (100, 10_000, 1000)]
)
def test_orders_are_shared_out_as_promised(resellers: int, orders: int, acme: int) -> None:
    shares = Sizes(resellers, orders, 10, 1).shared_out()
    assert (len(shares), sum(shares), shares[0]) == (resellers, orders, acme)
    assert max(shares[1:]) <= acme
    assert shares[1] >= STAGED_ORDERS
    assert min(shares) >= 1


def test_rows_are_made_while_they_are_copied() -> None:
    made: list[int] = []

    def rows() -> Iterator[tuple[int, str]]:
        for number in range(10_000):
            made.append(number)
            yield number, "text\t\\ \n"

    class Cursor:
        def copy_expert(self, _statement: str, stream: Any) -> None:
            assert stream.read(8192).startswith(b"0\ttext\\t\\\\ \\n\n")
            assert len(made) < 2_000
            while stream.read(8192):
                pass

    copy_rows(Cursor(), "seed_plan", ["id", "text"], rows())  # type: ignore[arg-type]
    assert len(made) == 10_000
