"""How long the balance suffices, and what is charged until then."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Price, Product
from licenses.calendar import period_days
from licenses.charges import next_charge
from licenses.models import AttemptOutcome, License, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.upcoming.charges import forecast, forecast_of
from licenses.upcoming.chart import weeks_ahead
from licenses.upcoming.due import renewing
from licenses.upcoming.forecast import Forecast
from licenses.upcoming.prices import todays_price
from licenses.upcoming.sources import PaidBy, paid_by, paid_by_column, standing, standing_column
from resellers.models import Reseller
from tests.factories import PriceFactory, make_cancelled, make_entry
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def today(acme: Reseller) -> date:
    return today_of(acme)


def ahead(reseller: Reseller, days: int = 30) -> Forecast:
    reseller.refresh_from_db()
    return forecast_of(reseller, today_of(reseller), days)


def found(reseller: Reseller, days: int = 90) -> list[Any]:
    today = today_of(reseller)
    price = todays_price(reseller.currency, today)
    rows: Any = renewing(reseller, today, today + timedelta(days=days), price)
    return list(rows.order_by("day", "ends_on", "pk"))


def test_only_what_renews_and_lies_ahead_is_charged(acme: Reseller, guard: Product) -> None:
    make_renewing(acme, guard, 37)
    make_renewing(acme, guard, 38)  # charged in 31 days
    make_renewing(acme, guard, 20, recurrent=False)
    make_renewing(acme, guard, -14)  # the last day of grace
    make_renewing(acme, guard, -15)
    make_cancelled(make_renewing(acme, guard, 20))
    assert (ahead(acme).charges, ahead(acme).amount) == (2, Decimal(240))


def test_another_companys_licenses_do_not_count(
    acme: Reseller, globex: Reseller, guard: Product
) -> None:
    PriceFactory.create(product=guard, currency="USD")
    make_renewing(globex, guard, 20)
    assert ahead(acme).charges == 0
    assert ahead(globex).charges == 1


@pytest.mark.parametrize(
    ("quantity", "amount"), [(1, "120.00"), (9, "120.00"), (10, "100.00"), (500, "100.00")]
)
def test_the_price_is_that_of_the_orders_tier(
    acme: Reseller, guard: Product, quantity: int, amount: str
) -> None:
    make_renewing(acme, guard, 20, quantity=1)
    license = make_renewing(acme, guard, 20)
    license.order.quantity = quantity
    license.order.save(update_fields=["quantity"])
    [shown] = [row for row in found(acme) if row.pk == license.pk]
    assert shown.amount == Decimal(amount)
    assert shown.amount == next_charge(license, today_of(acme)).amount


def test_prices_to_come_and_prices_of_others_do_not_count(
    acme: Reseller, guard: Product, today: date
) -> None:
    tomorrow = today + timedelta(days=1)
    PriceFactory.create(product=guard, amount=Decimal(1), valid_from=tomorrow)
    PriceFactory.create(product=guard, amount=Decimal(2), currency="USD")
    PriceFactory.create(product=guard, amount=Decimal(3), valid_from=date(2019, 1, 1))
    PriceFactory.create(amount=Decimal(4))
    make_renewing(acme, guard, 20)
    assert ahead(acme).amount == 120


def test_without_a_price_there_is_no_amount(acme: Reseller, guard: Product) -> None:
    license = make_renewing(acme, guard, 20)
    Price.objects.all().delete()
    assert (ahead(acme).charges, ahead(acme).without_price, ahead(acme).amount) == (
        1,
        1,
        Decimal(0),
    )
    assert paid_by(ahead(acme), found(acme)[0]) == PaidBy.NO_PRICE
    assert next_charge(license, today_of(acme)).amount is None


def test_a_monthly_license_is_charged_each_month(
    acme: Reseller, guard: Product, today: date
) -> None:
    license = make_renewing(acme, guard, 10, term_months=1)
    assert license.anchor_on is not None
    expected = [today + timedelta(days=10) - FIRST_ATTEMPT]
    for number in range(1, 5):
        day = period_days(license.anchor_on, 1, number)[1] - FIRST_ATTEMPT
        expected += [day] if day <= today + timedelta(days=90) else []
    assert len(expected) >= 3
    days = ahead(acme, 90).days
    assert [day.on for day in days] == expected
    assert [day.licenses for day in days] == [1] + [0] * (len(expected) - 1)
    assert ahead(acme, 90).amount == 10 * len(expected)


@pytest.mark.parametrize("month_end", [date(2026, 1, 31), date(2028, 2, 29), date(2026, 8, 30)])
def test_later_charges_never_drift(
    acme: Reseller, guard: Product, today: date, month_end: date
) -> None:
    license = make_renewing(acme, guard, 10, term_months=1)
    paid = 12 * (today.year - month_end.year) + today.month - month_end.month + 20
    ends_on = period_days(month_end, 1, paid)[1]
    license.anchor_on, license.ends_on = month_end, ends_on
    License.objects.filter(pk=license.pk).update(anchor_on=month_end, ends_on=ends_on)
    due = renewing(acme, today, ends_on + timedelta(days=90), todays_price("EUR", today))
    days = forecast(acme.account, due, today, ends_on + timedelta(days=80)).days
    expected = [period_days(month_end, 1, paid + k)[1] - FIRST_ATTEMPT for k in range(3)]
    assert [day.on for day in days][:3] == expected


def test_the_balance_suffices_until_the_first_charge_that_it_does_not_cover(
    acme: Reseller, guard: Product, today: date
) -> None:
    for days in (10, 20, 30):
        make_renewing(acme, guard, days)
    make_entry(acme, "240.00")
    assert ahead(acme).limit is not None
    assert ahead(acme).suffices_until == today + timedelta(days=22)
    assert (ahead(acme).covered, ahead(acme).missing) == (Decimal(240), Decimal(120))
    make_entry(acme, "119.99")
    assert ahead(acme).limit is not None
    make_entry(acme, "0.01")
    assert (ahead(acme).limit, ahead(acme).missing, ahead(acme).left) == (
        None,
        Decimal(0),
        Decimal(0),
    )


def test_after_the_first_unpaid_one_the_balance_pays_no_smaller_one(
    acme: Reseller, guard: Product
) -> None:
    make_entry(acme, "100.00")
    make_renewing(acme, guard, 10)
    make_renewing(acme, guard, 20, term_months=1)
    forecast = ahead(acme)
    assert [paid_by(forecast, row) for row in found(acme, 30)] == [PaidBy.NOT_COVERED] * 2


def test_within_a_day_the_earliest_to_is_paid_first(acme: Reseller, guard: Product) -> None:
    late, early = make_renewing(acme, guard, 5), make_renewing(acme, guard, 3)
    make_entry(acme, "120.00")
    forecast, rows = ahead(acme), found(acme, 30)
    assert [row.pk for row in rows] == [early.pk, late.pk]
    assert [paid_by(forecast, row) for row in rows] == [PaidBy.BALANCE, PaidBy.NOT_COVERED]
    assert forecast.covered == 120


def test_the_credit_counts_as_money(acme: Reseller, guard: Product) -> None:
    make_renewing(acme, guard, 20)
    assert ahead(acme).limit is not None
    acme.account.credit_limit = Decimal(120)
    acme.account.save()
    assert ahead(acme).limit is None


def test_what_is_being_checked_at_the_card_is_not_asked_of_the_balance(
    acme: Reseller, guard: Product
) -> None:
    make_tried(make_renewing(acme, guard, 3), AttemptOutcome.UNKNOWN)
    assert (ahead(acme).charges, ahead(acme).limit) == (0, None)
    assert paid_by(ahead(acme), found(acme)[0]) == PaidBy.CARD


def test_what_failed_today_is_tried_again_tomorrow(
    acme: Reseller, guard: Product, today: date
) -> None:
    make_tried(make_renewing(acme, guard, 3), AttemptOutcome.NOT_COVERED)
    assert [day.on for day in ahead(acme).days] == [today + timedelta(days=1)]


def test_what_has_ended_is_tried_no_more(acme: Reseller, guard: Product) -> None:
    renewal = make_tried(make_renewing(acme, guard, -14), AttemptOutcome.NOT_COVERED)
    assert ahead(acme).charges == 1
    Renewal.objects.filter(pk=renewal.pk).update(state=RenewalState.ENDED, next_attempt_on=None)
    assert ahead(acme).charges == 0


def test_an_order_in_another_currency_has_no_price(acme: Reseller, guard: Product) -> None:
    make_renewing(acme, guard, 20, currency="USD")
    assert (ahead(acme).charges, ahead(acme).without_price) == (1, 1)


def test_python_and_sql_agree_on_every_row(acme: Reseller, guard: Product, today: date) -> None:
    make_entry(acme, "250.00")
    for days in (3, 3, 5, 20, 20, 25):
        make_renewing(acme, guard, days)
    make_tried(make_renewing(acme, guard, 4), AttemptOutcome.NOT_COVERED)
    make_tried(make_renewing(acme, guard, 4), AttemptOutcome.UNKNOWN)
    make_renewing(acme, guard, 9, term_months=24)  # no price
    forecast, last = ahead(acme), today + timedelta(days=30)
    rows: Any = renewing(acme, today, last, todays_price("EUR", today))
    for row in rows.annotate(source=paid_by_column(forecast), so_far=standing_column()):
        assert paid_by(forecast, row) == row.source
        attempt = RenewalAttempt.objects.filter(renewal=row.pending_id).first()
        assert standing(row, attempt) == row.so_far
    words = rows.annotate(source=paid_by_column(forecast)).values_list("source", flat=True)
    assert set(words) == set(PaidBy.values)


def test_the_weeks_hold_every_charge_once(acme: Reseller, guard: Product) -> None:
    make_entry(acme, "130.00")
    for days in (7, 13, 14, 37):
        make_renewing(acme, guard, days)
    weeks = weeks_ahead(ahead(acme)).weeks
    assert [week.charges for week in weeks] == [2, 1, 0, 0, 1]
    assert [week.covered for week in weeks] == [120, 0, 0, 0, 0]
    assert [week.left for week in weeks] == [-110, -230, -230, -230, -350]
    assert weeks[-1].last == ahead(acme).last


def test_the_bars_stand_on_each_other_and_fill_the_drawing(acme: Reseller, guard: Product) -> None:
    make_entry(acme, "120.00")
    for days in (7, 8, 20):
        make_renewing(acme, guard, days)
    chart = weeks_ahead(ahead(acme))
    first, other = chart.covered_bars()[0], chart.other_bars()[0]
    assert (first.y, first.height, other.y, other.height) == (80, 80, 0, 80)
    assert all(bar.x + bar.width <= 600 for bar in chart.covered_bars())


def test_nothing_ahead_is_drawn_flat(acme: Reseller) -> None:
    chart = weeks_ahead(ahead(acme))
    assert (chart.highest, {bar.height for bar in chart.covered_bars()}) == (Decimal(0), {0})
