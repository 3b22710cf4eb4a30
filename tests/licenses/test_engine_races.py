"""Renewals while others are at work: charged once, whoever comes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from activation.actions import activate_for_existing
from billing.models import Account, BalanceEntry, EntryKind
from licenses.actions import change_billing_state
from licenses.models import License, Renewal, RenewalState
from licenses.renewing import charging, engine, statements
from licenses.renewing.engine import Tally, renew_batch, renew_reseller
from orders.actions import buy, refund_order
from resellers.models import AuditEvent, Reseller, User
from tests.factories import CustomerFactory, PriceFactory, make_entry
from tests.licenses.renewals import TODAY, broken, make_due, product, states
from tests.orders.shop import purchase
from tests.races import all_at_once, during, in_turn, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def today(acme: Reseller) -> int:
    """Return how far Acme's day is from TODAY."""
    return (acme.day_of(timezone.now()) - TODAY).days


@pytest.fixture
def no_pass_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def free(_reseller: Reseller, *, wait: bool) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(engine, "one_pass", free)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch, no_pass_lock: None) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    without = statements.PICK_DUE.replace("FOR NO KEY UPDATE OF license SKIP LOCKED", "")
    without = without.replace("FOR NO KEY UPDATE SKIP LOCKED", "")
    assert without.count("LOCKED") == 0
    monkeypatch.setattr(charging, "PICK_DUE", without)


def one_pass_of(reseller: Reseller, *, wait: bool = True) -> Any:
    now: datetime = timezone.now()
    return partial(renew_reseller, reseller, reseller.day_of(now), now=now, wait=wait)


def charges() -> int:
    return BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count()


def names(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_eight_passes_at_once_charge_once(acme: Reseller, today: int) -> None:
    make_entry(acme)
    make_due(acme, *[today] * 20)
    assert names(all_at_once(*[one_pass_of(acme)] * 8)) == ["Tally"] * 8
    assert [charges(), Account.objects.get().balance] == [20, 800]
    assert broken() == []


def before_it_is_written(license: License) -> Any:
    """Hold up who writes the first renewal of a license: somebody else is about to."""
    return partial(
        Renewal.objects.create,
        reseller=license.reseller,
        license=license,
        number=1,
        state="ended",
    )


def two_passes(reseller: Reseller, today: int) -> list[str]:
    """Let a second pass begin when the first has decided to charge."""
    make_entry(reseller)
    [license] = make_due(reseller, today)
    deed = one_pass_of(reseller)
    return names(in_turn(deed, deed, hold=before_it_is_written(license)))


def test_two_passes_are_one_charge(acme: Reseller, today: int) -> None:
    assert two_passes(acme, today) == ["Tally", "Tally"]
    assert (charges(), broken()) == (1, [])


@pytest.mark.usefixtures("no_pass_lock")
def test_without_the_lock_of_the_pass_it_is_still_one(acme: Reseller, today: int) -> None:
    assert two_passes(acme, today) == ["Tally", "Tally"]
    assert (charges(), broken()) == (1, [])


@pytest.mark.usefixtures("no_locks")
def test_without_any_lock_the_renewals_own_key_makes_it_one(acme: Reseller, today: int) -> None:
    assert two_passes(acme, today) == ["Tally", "Tally"]
    assert (charges(), broken()) == (1, [])


@pytest.mark.usefixtures("no_locks")
def test_twin_without_looking_at_the_renewals_state_the_second_is_an_error(
    acme: Reseller, today: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charging, "UNPAID", [*charging.UNPAID, RenewalState.PAID])
    assert two_passes(acme, today) == ["IntegrityError", "Tally"]
    assert charges() == 1


def out_of_turn(acme: Reseller, today: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let a second pass come between two batches of the first, whose balance was too low."""
    make_entry(acme, "15.00")
    licenses = make_due(acme, today, amount="20.00") + make_due(acme, today + 1)

    def first_batch(*batch: Any, **moment: Any) -> Any:
        done = renew_batch(*batch, **moment)
        monkeypatch.undo()
        [other] = all_at_once(one_pass_of(acme, wait=False))
        assert isinstance(other, Tally)
        return done

    monkeypatch.setattr(charging, "BATCH", 1)
    monkeypatch.setattr(engine, "renew_batch", first_batch)
    one_pass_of(acme)()
    return states(licenses)


def test_a_second_pass_pays_nothing_out_of_turn(
    acme: Reseller, today: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert out_of_turn(acme, today, monkeypatch) == ["waiting", "waiting"]


@pytest.mark.usefixtures("no_pass_lock")
def test_twin_without_the_lock_of_the_pass_it_would(
    acme: Reseller, today: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert out_of_turn(acme, today, monkeypatch) == ["waiting", "paid"]


def test_a_worker_leaves_a_pass_under_way_to_who_does_it(acme: Reseller, today: int) -> None:
    make_entry(acme)
    [license] = make_due(acme, today)
    deeds = one_pass_of(acme), one_pass_of(acme, wait=False)
    first, second = in_turn(*deeds, hold=before_it_is_written(license))
    assert (first.outcomes.total(), second.outcomes.total()) == (1, 0)


def turn_off(license: License, actor: User) -> Any:
    return partial(change_billing_state, license.uuid, False, actor=actor, now=timezone.now())


def test_one_being_turned_off_is_passed_over(acme: Reseller, today: int) -> None:
    make_entry(acme)
    turned_off, other = make_due(acme, today, today)
    change = partial(License.objects.filter(pk=turned_off.pk).update, recurrent=False)
    assert during(change, one_pass_of(acme)).outcomes.total() == 1
    assert states([turned_off, other]) == ["", "paid"]
    assert one_pass_of(acme)().outcomes.total() == 0
    assert broken() == []


def test_one_being_renewed_is_turned_off_afterwards(acme: Reseller, ann: User, today: int) -> None:
    make_entry(acme)
    [license] = make_due(acme, today)
    hold = before_it_is_written(license)
    in_turn(one_pass_of(acme), turn_off(license, ann), hold=hold)
    license.refresh_from_db()
    assert (license.recurrent, states([license])) == (False, ["paid"])
    assert (charges(), broken()) == (1, [])


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_it_is_renewed_after_it_was_turned_off(
    acme: Reseller, ann: User, today: int
) -> None:
    make_entry(acme)
    [license] = make_due(acme, today)
    hold = before_it_is_written(license)
    _, turned_off = in_turn(one_pass_of(acme), turn_off(license, ann), hold=hold)
    event = AuditEvent.objects.get(verb="license.renewed")
    assert isinstance(turned_off, License)
    assert event.pk > AuditEvent.objects.get(verb="license.billing_state_changed").pk


def renewal_and_purchase(acme: Reseller, ann: User, today: int) -> list[str]:
    """Let Ann buy for all that there is when a pass has decided to charge it."""
    make_entry(acme, "100.00")
    sold = product("100.00")
    [license] = make_due(acme, today, of=sold)
    wish = purchase(sold, expected_amount=Decimal(100))
    deeds = one_pass_of(acme), partial(buy, wish, actor=ann, now=timezone.now())
    return names(in_turn(*deeds, hold=before_it_is_written(license)))


def test_the_balance_pays_a_renewal_or_a_purchase(acme: Reseller, ann: User, today: int) -> None:
    assert renewal_and_purchase(acme, ann, today) == ["Refusal", "Tally"]
    assert [Account.objects.get().balance, charges(), broken()] == [0, 1, []]


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_only_the_constraints_stop_one_of_them(
    acme: Reseller, ann: User, today: int
) -> None:
    assert "IntegrityError" in renewal_and_purchase(acme, ann, today)


def test_mixed_work_at_once_ends_without_a_deadlock(
    acme: Reseller, ann: User, sam: User, today: int
) -> None:
    make_entry(acme)
    sold = product()
    PriceFactory.create(product=sold, term_months=1)
    licenses = make_due(acme, *[today] * 12, of=sold)
    available = buy(
        purchase(sold, expected_amount=Decimal(10)), actor=ann, now=timezone.now()
    ).licenses.get()
    customer, now = CustomerFactory.create(reseller=acme), timezone.now()
    number = licenses[0].order.number
    deeds: list[Any] = [
        one_pass_of(acme),
        one_pass_of(acme),
        turn_off(licenses[0], ann),
        turn_off(licenses[5], ann),
        partial(refund_order, number, licenses[6].uuid, "Odd", actor=sam, now=now),
        partial(refund_order, number, licenses[11].uuid, "Odd", actor=sam, now=now),
        partial(buy, purchase(sold, expected_amount=Decimal(10)), actor=ann, now=now),
        partial(activate_for_existing, available.uuid, customer.email, actor=ann, now=now),
    ]
    outcomes = all_at_once(*deeds)
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {type(error).__name__ for error in errors} <= {"Refusal"}
    assert broken() == []
