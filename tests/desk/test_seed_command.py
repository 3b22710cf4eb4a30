"""Making sample data: the same each time, at any hour, all or nothing, and only where it fits."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from desk.seed.copying import copy_rows
from desk.seed.deals import Drawing, deals
from desk.seed.quantities import Quantities
from desk.seed.run import seed
from desk.seed.sizes import STAGED_ORDERS, Sizes, Unseedable
from desk.verify.registry import check_all
from orders.models import Order
from resellers.models import Reseller, User
from tests.desk.seeding import SMALL, catalog, latest_moment, seeded_digest

NOW = timezone.now()


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


def test_from_a_hundred_thousand_orders_on_one_has_ten_thousand_licenses() -> None:
    assert Sizes(10, 99_999, 10, 1).big_order == 0
    sizes = Sizes(10, 100_000, 10, 1)
    drawing = Drawing(Random(1), Quantities(sizes.mean))
    made = deals(orders=500, staged=True, big=sizes.big_order, today=6, drawing=drawing)
    assert [deal.quantity for deal in made if deal.quantity >= 10_000] == [10_000]
    assert sizes.mean * 100_000 + 10_000 == pytest.approx(1_000_000)


@pytest.mark.django_db
def test_the_command_says_how_to_sign_in() -> None:
    out = StringIO()
    sizes = ("--resellers=2", "--orders=60", "--licenses-per-order=3", "--seed=5")
    call_command("seed", *sizes, "--if-empty", stdout=out)
    assert Order.objects.count() == 60
    assert "alice@acme.example" in out.getvalue()
    assert "reseller-demo" in out.getvalue()


@pytest.mark.django_db
def test_the_command_says_which_size_cannot_be() -> None:
    with pytest.raises(CommandError, match="from 2 to"):
        call_command("seed", "--resellers=1")
