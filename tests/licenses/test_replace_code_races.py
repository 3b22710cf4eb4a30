"""A code is replaced while a customer uses its link: one of the two, never both."""

from datetime import datetime
from functools import partial
from inspect import unwrap
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from activation.actions import activate_by_link
from activation.models import Activation
from activation.steps import CustomerDetails, activate, lock_for_activation
from licenses.actions import replace_code
from licenses.models import License, ReplacedCode
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_order
from tests.races import after, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

NINA = CustomerDetails(company="Nova", name="Nina", email="nina@nova.example", country="FR")
FORM = {
    "company": "Nova",
    "name": "Nina",
    "email": "nina@nova.example",
    "country": "FR",
    "terms": "on",
}


class Blind(str):
    """A code that never differs from another one."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def license(acme: Reseller) -> License:
    return make_order(acme, quantity=2).licenses.all()[0]


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def ann_and_the_customer(license: License, ann: User, now: datetime) -> list[str]:
    """Let Ann replace the code while a customer submits the form; return what became of each."""
    outcomes = both_at_once(
        partial(replace_code, license.uuid, number=1, actor=ann, now=now),
        partial(activate_by_link, license.activation_code, NINA, terms_version="", now=now),
        about_to_change=License,
    )
    return [type(outcome).__name__ for outcome in outcomes]


def test_a_code_is_replaced_or_used_never_both(license: License, ann: User, now: datetime) -> None:
    outcomes = ann_and_the_customer(license, ann, now)
    assert outcomes in (["License", "DoesNotExist"], ["Refusal", "Activation"])
    assert ReplacedCode.objects.count() + Activation.objects.count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_the_dead_link_activates(
    license: License, ann: User, now: datetime
) -> None:
    assert ann_and_the_customer(license, ann, now) == ["License", "Activation"]


def a_customer_who_waits(license: License, ann: User, now: datetime) -> Any:
    """Let a customer submit the form while the new code is not committed yet."""
    replace = partial(unwrap(replace_code), license.uuid, actor=ann, now=now)
    return after(replace, partial(Client().post, f"/activate/{license.activation_code}/", FORM))


def test_who_waited_with_the_old_link_finds_it_dead(
    license: License, ann: User, now: datetime
) -> None:
    answer = a_customer_who_waits(license, ann, now)
    assert answer.status_code == 404
    assert b"This link does not work" in answer.content
    assert not Activation.objects.exists()


def test_who_waited_is_not_told_that_somebody_activated_with_the_new_code(
    license: License, ann: User, now: datetime
) -> None:
    def replaced_and_used() -> None:
        new = unwrap(replace_code)(license.uuid, actor=ann, now=now)
        locked = lock_for_activation(new)
        customer = CustomerFactory.create(reseller=license.reseller)
        activate(locked, customer, by=ann, terms_version="1", now=now)

    post = partial(Client().post, f"/activate/{license.activation_code}/", FORM)
    answer = after(replaced_and_used, post)
    assert answer.status_code == 404
    assert b"This link does not work" in answer.content


def test_twin_without_looking_at_the_code_again_the_old_link_activates(
    license: License, ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activation.actions.activating.as_stored", Blind)
    assert a_customer_who_waits(license, ann, now).status_code == 303
    assert Activation.objects.exists()


def replaced_twice_at_once(license: License, ann: User, now: datetime) -> list[Any]:
    replace = partial(replace_code, license.uuid, number=1, actor=ann, now=now)
    return both_at_once(replace, replace, about_to_change=License)


def test_two_clicks_replace_it_once(license: License, ann: User, now: datetime) -> None:
    outcomes = replaced_twice_at_once(license, ann, now)
    assert [type(outcome) for outcome in outcomes] == [License, License]
    assert len({outcome.activation_code for outcome in outcomes}) == 1
    assert ReplacedCode.objects.count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_the_second_click_is_an_error(
    license: License, ann: User, now: datetime
) -> None:
    outcomes = replaced_twice_at_once(license, ann, now)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "License"]


def test_a_replaced_code_is_refused_by_the_form_as_unknown(
    license: License, ann: User, now: datetime
) -> None:
    old = license.activation_code
    replace_code(license.uuid, actor=ann, now=now)
    with pytest.raises(License.DoesNotExist):
        activate_by_link(old, NINA, terms_version="", now=now)
    assert not Activation.objects.exists()
