"""One pass of the renewal engine: what is due, what the balance pays, and what is left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.models import Account, BalanceEntry, EntryKind
from catalog.models import Price
from licenses.calendar import period_days
from licenses.models import License, Notice, Period, Renewal, RenewalAttempt
from resellers.models import AuditEvent, Reseller
from tests.factories import PriceFactory, make_cancelled, make_entry
from tests.licenses.renewals import (
    NOW,
    TODAY,
    broken,
    ends,
    make_anchored,
    make_due,
    outcomes,
    period_days_of,
    product,
    renew,
    states,
)

DAY = timedelta(days=1)


@pytest.fixture
def rich(acme: Reseller) -> Reseller:
    """Acme, with 1,000.00."""
    make_entry(acme)
    return acme


def test_a_renewal_is_period_entry_attempt_notice_and_record(rich: Reseller) -> None:
    [license] = make_due(rich, 3)
    renew(rich)
    renewal = Renewal.objects.get()
    period = Period.objects.get(number=1)
    assert (renewal.number, renewal.state, renewal.amount, renewal.source) == (
        *(1, "paid", Decimal(10), "balance"),
    )
    assert (renewal.settled_at, renewal.actor, renewal.next_attempt_on) == (NOW, None, None)
    assert (period.renewal, period.starts_on) == (renewal, TODAY + 4 * DAY)
    assert ends([license]) == [period.ends_on]
    attempt = RenewalAttempt.objects.get()
    assert (attempt.renewal, attempt.on, attempt.outcome) == (renewal, TODAY, "paid")
    assert (attempt.source, attempt.amount, attempt.reason) == ("balance", Decimal(10), "")
    notice = Notice.objects.get()
    assert (notice.license, notice.period, notice.kind, notice.on) == (license, 1, "paid", TODAY)
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("license.renewed", str(license.uuid), None)
    assert broken() == []


def test_its_entry_says_what_for(rich: Reseller) -> None:
    Reseller.objects.filter(pk=rich.pk).update(tax_rate=19)
    [license] = make_due(rich, 3)
    renew(rich)
    entry = BalanceEntry.objects.get(kind=EntryKind.RENEWAL)
    assert [entry.sequence, entry.amount, entry.balance_after] == [2, -10, 990]
    assert entry.key == f"renewal/{license.uuid}/1"
    assert entry.reference == f"{license.order.number}/{license.uuid}"
    assert [entry.tax_rate, entry.actor, entry.at] == [19, None, NOW]
    account = Account.objects.get()
    assert [account.balance, account.next_sequence] == [990, 3]


@pytest.mark.parametrize(("away", "renewed"), [(8, False), (7, True), (0, True), (-14, True)])
def test_the_first_try_is_seven_days_before_to(rich: Reseller, away: int, renewed: bool) -> None:
    licenses = make_due(rich, away)
    renew(rich)
    assert states(licenses) == (["paid"] if renewed else [""])


def test_what_does_not_renew_is_left_alone(rich: Reseller) -> None:
    make_due(rich, 3, recurrent=False)
    [cancelled] = make_due(rich, 3)
    make_cancelled(cancelled)
    assert renew(rich).outcomes.total() == 0
    assert not Renewal.objects.exists()


def test_a_second_pass_changes_nothing(rich: Reseller) -> None:
    licenses = make_due(rich, 3, 5)
    renew(rich)
    before = ends(licenses)
    for as_of in (TODAY, TODAY - 3 * DAY, TODAY + DAY):
        assert renew(rich, as_of).outcomes.total() == 0
    assert (ends(licenses), BalanceEntry.objects.count()) == (before, 3)


def test_the_balance_pays_the_earliest_first_and_then_stops(acme: Reseller) -> None:
    make_entry(acme, "25.00")
    dear = make_due(acme, 4, amount="20.00")
    early, late = make_due(acme, 1, 6)
    renew(acme)
    # 10 for the first, 20 are too much for the second, and the third is not paid out of turn
    assert states([early, *dear, late]) == ["paid", "waiting", "waiting"]
    assert Account.objects.get().balance == 15
    reasons = list(
        RenewalAttempt.objects.filter(outcome="not_covered")
        .order_by("pk")
        .values_list("reason", flat=True)
    )
    assert "did not cover it" in reasons[0]
    assert "ends earlier" in reasons[1]
    assert broken() == []


def test_of_equal_days_the_older_license_comes_first(acme: Reseller) -> None:
    make_entry(acme, "20.00")
    licenses = make_due(acme, 2, 2, 2)
    renew(acme)
    assert states(licenses) == ["paid", "paid", "waiting"]


def test_later_batches_pay_nothing_either(acme: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licenses.renewing.charging.BATCH", 2)
    make_entry(acme, "25.00")
    licenses = make_due(acme, 1, 5, 6)
    licenses[1:1] = make_due(acme, 2, amount="20.00")
    renew(acme)
    assert states(licenses) == ["paid", "waiting", "waiting", "waiting"]


def test_the_balance_falls_to_minus_the_credit_limit(acme: Reseller) -> None:
    Account.objects.update(credit_limit=Decimal("19.99"))
    licenses = make_due(acme, 1, 2)
    renew(acme)
    assert states(licenses) == ["paid", "waiting"]
    assert Account.objects.get().balance == -10


def test_what_costs_nothing_is_paid_by_an_empty_balance(acme: Reseller) -> None:
    licenses = make_due(acme, 1, amount="0.00")
    renew(acme)
    assert states(licenses) == ["paid"]
    assert broken() == []


def test_a_try_that_fails_is_repeated_daily_until_grace_is_over(acme: Reseller) -> None:
    [license] = make_due(acme, 0, of=product(grace_days=2))
    for away in (-7, -6, 0, 1, 2, 3, 4):
        renew(acme, TODAY + away * DAY)
    days = [TODAY + away * DAY for away in (-7, -6, 0, 1, 2)]
    assert outcomes(license) == [(day, "not_covered") for day in days]
    assert states([license]) == ["ended"]
    assert ends([license]) == [TODAY]
    assert Notice.objects.filter(kind="failed").count() == 1
    assert broken() == []


def test_without_grace_the_last_try_is_on_the_last_day(acme: Reseller) -> None:
    licenses = make_due(acme, 0, of=product(grace_days=0))
    renew(acme)
    assert states(licenses) == ["ended"]


def test_a_deposit_pays_it_on_the_next_day(acme: Reseller) -> None:
    [license] = make_due(acme, 0)
    renew(acme)
    renewal = Renewal.objects.get()
    assert (renewal.state, renewal.next_attempt_on) == ("waiting", TODAY + DAY)
    make_entry(acme)
    renew(acme)
    assert states([license]) == ["waiting"]  # one try a day
    renew(acme, TODAY + DAY)
    assert outcomes(license) == [(TODAY, "not_covered"), (TODAY + DAY, "paid")]
    assert Renewal.objects.get().pk == renewal.pk
    assert broken() == []


def test_a_price_that_is_gone_is_a_failed_try_that_says_so(rich: Reseller) -> None:
    gone, other = make_due(rich, 1, amount=""), make_due(rich, 2)
    renew(rich)
    assert states([*gone, *other]) == ["waiting", "paid"]
    attempt = RenewalAttempt.objects.get(outcome="no_price")
    assert attempt.amount is None
    assert "no price any more" in attempt.reason


def test_the_price_is_that_of_the_resellers_day(rich: Reseller) -> None:
    [license] = make_due(rich, 1)
    PriceFactory.create(product=license.product, amount=Decimal(11), valid_from=TODAY)
    PriceFactory.create(product=license.product, amount=Decimal(12), valid_from=TODAY + DAY)
    renew(rich)
    assert Renewal.objects.get().amount == 11


def test_the_price_is_that_of_the_orders_quantity(rich: Reseller) -> None:
    licenses = make_due(rich, 1, 60, 60, 60, 60)
    for quantity, amount in ((5, "8.00"), (6, "5.00")):
        PriceFactory.create(
            product=licenses[0].product, minimum_quantity=quantity, amount=Decimal(amount)
        )
    renew(rich)
    assert Renewal.objects.get().amount == 8


def test_a_price_in_another_currency_is_none(rich: Reseller) -> None:
    [license] = make_due(rich, 1)
    Price.objects.update(currency="USD")
    license.order.currency = "USD"
    license.order.save()
    renew(rich)
    assert states([license]) == ["waiting"]


def test_a_parked_account_is_passed_over(rich: Reseller) -> None:
    licenses = make_due(rich, 1)
    Account.objects.update(parked_at=NOW, parked_because="It is odd.")
    assert renew(rich).parked
    assert (states(licenses), BalanceEntry.objects.count()) == ([""], 1)


def test_another_resellers_licenses_are_not_touched(rich: Reseller, globex: Reseller) -> None:
    make_entry(globex)
    strangers = make_due(globex, 1)
    make_due(rich, 1)
    renew(rich)
    assert states(strangers) == [""]


@pytest.mark.parametrize("days_off", [3, 40])
def test_after_days_of_silence_each_period_is_paid_once(rich: Reseller, days_off: int) -> None:
    monthly = make_anchored(rich, TODAY - 20 * DAY)
    yearly = make_due(rich, 8)
    renew(rich, TODAY)
    back = TODAY + days_off * DAY
    renew(rich, back)
    days = period_days_of(monthly)
    assert days == [period_days(TODAY - 20 * DAY, 1, number) for number in range(len(days))]
    assert days[-1][1] - 7 * DAY > back >= days[-2][1] - 7 * DAY
    assert states(yearly) == ["paid"]
    assert BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count() == len(days)
    assert broken() == []


def test_missed_periods_are_paid_in_order_of_to(acme: Reseller) -> None:
    make_entry(acme, "30.00")
    monthly = make_anchored(acme, TODAY - 100 * DAY)
    [later] = make_due(acme, -5)
    renew(acme)
    # three missed periods of the one end before the other's To, so the balance is spent on them
    assert len(period_days_of(monthly)) == 4
    assert states([later]) == ["waiting"]


def test_a_license_that_is_over_is_tried_once_before_it_expires(acme: Reseller) -> None:
    [license] = make_due(acme, -60)
    renew(acme)
    renew(acme, TODAY + DAY)
    assert outcomes(license) == [(TODAY, "not_covered")]
    assert states([license]) == ["ended"]


def test_a_license_that_was_over_is_renewed_from_its_to(rich: Reseller) -> None:
    [license] = make_due(rich, -60)
    renew(rich)
    assert period_days_of(license)[1][0] == TODAY - 59 * DAY
    assert License.objects.get().ends_on == period_days_of(license)[1][1]
