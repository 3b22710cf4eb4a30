"""Two who activate at once: exactly one gets through, and each lock has a twin that shows it."""

from datetime import datetime
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from activation.actions import (
    KnownCustomer,
    activate_by_link,
    activate_for_existing,
    activate_for_new,
)
from activation.models import Activation, Customer
from activation.steps import CustomerDetails, activate, lock_for_activation
from licenses.actions import change_billing_state
from licenses.models import License, Period
from mailing.models import Mail
from orders.models import Order
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_order
from tests.races import after, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def order(acme: Reseller) -> Order:
    return make_order(acme, quantity=2)


@pytest.fixture
def customer(acme: Reseller) -> Customer:
    return CustomerFactory.create(reseller=acme, email="known@customer.example")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def details(email: str) -> CustomerDetails:
    return CustomerDetails(company="Nova", name="Nina", email=email, country="FR")


def the_customer_and_ann(
    order: Order, ann: User, customer: Customer, now: datetime
) -> list[object]:
    """Let a customer submit the public form while Ann activates the same license."""
    license = order.licenses.first()
    assert license is not None
    return both_at_once(
        partial(
            activate_by_link,
            license.activation_code,
            details("nina@nova.example"),
            terms_version="",
            now=now,
        ),
        partial(activate_for_existing, license.uuid, customer.email, actor=ann, now=now),
        about_to_change=License,
    )


def test_a_license_is_activated_once_however_many_come_at_once(
    order: Order, ann: User, customer: Customer, now: datetime
) -> None:
    outcomes = the_customer_and_ann(order, ann, customer, now)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Activation", "Refusal"]
    assert Activation.objects.count() == Period.objects.count() == Mail.objects.count() == 1
    order.refresh_from_db()
    assert order.available == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_only_the_constraint_stops_the_second(
    order: Order, ann: User, customer: Customer, now: datetime
) -> None:
    outcomes = the_customer_and_ann(order, ann, customer, now)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "Activation",
        "IntegrityError",
    ]


def test_two_licenses_of_one_order_are_both_counted(order: Order, ann: User, now: datetime) -> None:
    assert_both_activated(order, ann, now)
    order.refresh_from_db()
    assert order.available == 0


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_one_of_two_is_not_counted(
    order: Order, ann: User, now: datetime
) -> None:
    assert_both_activated(order, ann, now)
    order.refresh_from_db()
    assert order.available == 1


def assert_both_activated(order: Order, ann: User, now: datetime) -> None:
    """Activate both licenses at once, for two customers: nothing but the order is shared."""
    customers = CustomerFactory.create_batch(2, reseller=order.reseller)
    deeds = [
        partial(activate_for_existing, license.uuid, customer.email, actor=ann, now=now)
        for license, customer in zip(order.licenses.all(), customers, strict=True)
    ]
    outcomes = both_at_once(*deeds, about_to_change=Order)
    assert [type(outcome) for outcome in outcomes] == [Activation, Activation]


def two_new_customers(acme: Reseller, ann: User, now: datetime) -> list[object]:
    """Let Ann enter one new customer twice at once, for licenses of two orders."""
    licenses = [make_order(acme, quantity=1).licenses.get() for _ in range(2)]
    return both_at_once(
        *(
            partial(activate_for_new, license.uuid, details(email), actor=ann, now=now)
            for license, email in zip(
                licenses, ("nina@nova.example", "Nina@NOVA.example"), strict=True
            )
        ),
        about_to_change=Customer,
    )


def test_two_new_customers_with_one_address_become_one(
    acme: Reseller, ann: User, now: datetime
) -> None:
    outcomes = two_new_customers(acme, ann, now)
    assert {type(outcome) for outcome in outcomes} == {Activation, KnownCustomer}
    assert Customer.objects.count() == Activation.objects.count() == 1


def test_twin_without_the_savepoint_the_second_gets_an_error(
    acme: Reseller, ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activation.steps.IntegrityError", ZeroDivisionError)
    outcomes = two_new_customers(acme, ann, now)
    assert {type(outcome) for outcome in outcomes} == {Activation, IntegrityError}


def test_two_who_use_links_with_one_new_address_share_one_customer(
    order: Order, now: datetime
) -> None:
    deeds = [
        partial(
            activate_by_link,
            make_order(order.reseller, quantity=1).licenses.get().activation_code,
            details("nina@nova.example"),
            terms_version="",
            now=now,
        )
        for _ in range(2)
    ]
    outcomes = both_at_once(*deeds, about_to_change=Customer)
    assert [type(outcome) for outcome in outcomes] == [Activation, Activation]
    assert Customer.objects.get().licenses.count() == 2


def toggle_during_activation(order: Order, ann: User, customer: Customer, now: datetime) -> object:
    """Let Ann turn auto-renew on while the activation is not committed yet."""
    license = order.licenses.first()
    assert license is not None

    def activation() -> None:
        locked = lock_for_activation(license)
        activate(locked, customer, by=None, terms_version="1", now=now)

    toggle = partial(change_billing_state, license.uuid, True, actor=ann, now=now)
    return after(activation, toggle)


def test_auto_renew_waits_for_the_activation_and_then_sees_it(
    order: Order, ann: User, customer: Customer, now: datetime
) -> None:
    outcome = toggle_during_activation(order, ann, customer, now)
    assert isinstance(outcome, License)
    outcome.refresh_from_db()
    assert outcome.auto_renew


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_auto_renew_looks_at_what_is_over(
    order: Order, ann: User, customer: Customer, now: datetime
) -> None:
    outcome = toggle_during_activation(order, ann, customer, now)
    assert isinstance(outcome, Refusal)
