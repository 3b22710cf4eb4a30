"""Renew: a person pays the next period by hand, by the engine's rules."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Account, BalanceEntry, EntryKind
from catalog.models import Price
from licenses.charges import next_charge
from licenses.menu import row_menu
from licenses.models import License, Notice, Renewal, RenewalAttempt
from licenses.renewing.engine import renew_reseller
from licenses.renewing.manual import renew_by_hand
from reseller_portal.display import day_text
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_cancelled, make_entry, make_order
from tests.licenses.renewals import TODAY, broken, make_due, product
from tests.races import all_at_once

As = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def today(acme: Reseller) -> int:
    """Return how far Acme's day is from TODAY."""
    return (acme.day_of(timezone.now()) - TODAY).days


@pytest.fixture
def rich(acme: Reseller) -> Reseller:
    """Acme, with 1,000.00."""
    make_entry(acme)
    return acme


@pytest.fixture
def license(rich: Reseller, today: int) -> License:
    """A license that does not renew by itself and ends in ten days; it costs 10.00."""
    return make_due(rich, today + 10, recurrent=False)[0]


def page(license: License) -> str:
    return f"/licenses/{license.uuid}/renew/"


def reason(license: License, user: User) -> str | None:
    today = license.reseller.day_of(timezone.now())
    [line] = [line for line in row_menu(license, user=user, today=today) if "/renew/" in line.url]
    return line.reason


def test_the_dialog_says_what_when_and_from_what(license: License, as_: As, ann: User) -> None:
    assert reason(license, ann) is None
    text = as_(ann).get(page(license)).text.replace("&nbsp;", " ")
    charge = next_charge(license, license.reseller.day_of(timezone.now()))
    for day in (charge.starts_on, charge.ends_on):
        assert day_text(day) in text
    assert "CSS balance" in text
    assert "990.00" in text
    assert 'name="expected_amount" value="10.00"' in text
    assert "Auto-renew stays off" in text


def test_ann_renews_and_sees_it_where_she_was(license: License, as_: As, ann: User) -> None:
    assert license.ends_on
    shown = {"number": "1", "expected_amount": "10.00"}
    answer = as_(ann).post(page(license), shown, follow=True)
    assert answer.redirect_chain[0][1] == 303
    assert f"#license-{license.uuid}" in answer.redirect_chain[0][0]
    assert "is renewed until" in answer.text
    period = license.periods.get(number=1)
    assert period.starts_on == license.ends_on + DAY
    renewal = Renewal.objects.get()
    assert (renewal.state, renewal.source, renewal.actor) == ("paid", "balance", ann)
    attempt, entry = RenewalAttempt.objects.get(), BalanceEntry.objects.get(kind=EntryKind.RENEWAL)
    assert (attempt.outcome, attempt.actor, entry.actor) == ("paid", ann, ann)
    assert Notice.objects.filter(kind="paid").count() == 1
    event = AuditEvent.objects.get(verb="license.renewed")
    assert (event.actor, event.address) == (ann, "127.0.0.1")
    license.refresh_from_db()
    assert (license.ends_on, license.recurrent) == (period.ends_on, False)
    assert broken() == []


def test_in_the_row_the_row_is_answered(license: License, as_: As, ann: User) -> None:
    answer = as_(ann).post(page(license), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f'id="license-{license.uuid}"' in answer.text
    assert "is renewed until" in answer.text


def test_a_form_sent_twice_pays_once(license: License, as_: As, ann: User) -> None:
    license.product.grace_days = 90
    license.product.save()
    for _ in range(2):
        assert as_(ann).post(page(license), {"number": "1"}).status_code == 303
    assert BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count() == 1


def test_another_price_is_confirmed_anew(license: License, as_: As, ann: User) -> None:
    Price.objects.update(amount=Decimal(11))
    answer = as_(ann).post(page(license), {"number": "1", "expected_amount": "10.00"})
    assert answer.status_code == 422
    assert "The price has changed" in answer.text
    assert 'name="expected_amount" value="11.00"' in answer.text
    assert not Renewal.objects.exists()
    again = {"number": "1", "expected_amount": "11.00"}
    assert as_(ann).post(page(license), again).status_code == 303


@pytest.mark.parametrize("nonsense", ["x", "NaN", "-1", "1e99", "\x00", "9" * 5000])
def test_nonsense_changes_nothing(license: License, as_: As, ann: User, nonsense: str) -> None:
    for field in ("number", "expected_amount"):
        answer = as_(ann).post(page(license), {field: nonsense})
        assert answer.status_code == 422
    assert not Renewal.objects.exists()


@pytest.mark.parametrize(
    ("away", "why"), [(16, "Too early"), (15, None), (0, None), (-14, None), (-15, "Expired")]
)
def test_it_is_offered_from_15_days_before_to_until_the_end_of_grace(
    rich: Reseller, ann: User, today: int, away: int, why: str | None
) -> None:
    [license] = make_due(rich, today + away)
    said = reason(license, ann)
    assert (said or "").startswith(why or "")
    assert bool(said) == bool(why)
    renew = partial(renew_by_hand, license.uuid, actor=ann, now=timezone.now())
    if why:
        with pytest.raises(Refusal, match=why):
            renew()
    else:
        assert renew().state == "paid"


def test_what_was_never_activated_or_is_cancelled_is_not_renewed(
    rich: Reseller, ann: User, today: int
) -> None:
    unused = make_order(rich, quantity=1).licenses.get()
    cancelled = make_cancelled(make_due(rich, today)[0])
    for license, why in ((unused, "Not activated"), (cancelled, "Cancelled")):
        assert (reason(license, ann) or "").startswith(why)
        with pytest.raises(Refusal, match=why):
            renew_by_hand(license.uuid, actor=ann, now=timezone.now())


def test_a_viewer_may_only_look(license: License, as_: As, bob: User) -> None:
    assert "only look" in (reason(license, bob) or "")
    assert as_(bob).post(page(license)).status_code == 403


def test_without_the_money_it_says_what_is_missing(
    acme: Reseller, ann: User, as_: As, today: int
) -> None:
    make_entry(acme, "4.00")
    [license] = make_due(acme, today)
    for answer in (as_(ann).get(page(license)), as_(ann).post(page(license))):
        assert "6.00 is missing" in answer.text.replace("&nbsp;", " ")
    assert answer.status_code == 422
    assert not Renewal.objects.exists()
    assert Account.objects.get().balance == 4


def test_without_a_price_it_says_so(license: License, as_: As, ann: User) -> None:
    Price.objects.all().delete()
    answer = as_(ann).post(page(license))
    assert answer.status_code == 422
    assert "no price any more" in answer.text
    assert not Renewal.objects.exists()


def test_a_parked_account_pays_nothing(license: License, as_: As, ann: User) -> None:
    Account.objects.update(parked_at=timezone.now(), parked_because="It is odd.")
    assert "parked" in as_(ann).get(page(license)).text
    assert as_(ann).post(page(license)).status_code == 422
    assert not Renewal.objects.exists()


def test_what_the_engine_tried_in_vain_is_paid_by_hand(
    acme: Reseller, ann: User, today: int
) -> None:
    [license] = make_due(acme, today)
    now = timezone.now()
    renew_reseller(acme, acme.day_of(now), now=now)
    make_entry(acme)
    renewal = renew_by_hand(license.uuid, actor=ann, now=now)
    outcomes = list(renewal.attempts.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["not_covered", "paid"]
    license.refresh_from_db()
    assert not license.in_renewal
    assert broken() == []


def test_one_that_ended_on_the_last_day_of_grace_is_paid_by_hand(
    acme: Reseller, ann: User, today: int
) -> None:
    [license] = make_due(acme, today, of=product(grace_days=0))
    now = timezone.now()
    renew_reseller(acme, acme.day_of(now), now=now)
    assert Renewal.objects.get().state == "ended"
    make_entry(acme)
    assert renew_by_hand(license.uuid, actor=ann, now=now).state == "paid"
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_eight_who_renew_at_once_pay_once(license: License, ann: User) -> None:
    now = timezone.now()
    deed: Any = partial(renew_by_hand, license.uuid, number=1, actor=ann, now=now)
    outcomes = all_at_once(*[deed] * 7, partial(renew_reseller, license.reseller, TODAY, now=now))
    assert {type(each).__name__ for each in outcomes} == {"Renewal", "Tally"}
    assert Renewal.objects.count() == 1
    assert BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count() == 1


def test_the_dialog_costs_what_the_engine_charges(rich: Reseller, today: int) -> None:
    for terms, anchored in ((1, 3), (12, 5)):
        [license] = make_due(rich, today + anchored, term=terms)
        charge = next_charge(license, license.reseller.day_of(timezone.now()))
        now = timezone.now()
        renew_reseller(rich, rich.day_of(now), now=now)
        renewal = Renewal.objects.get(license=license)
        assert (renewal.number, renewal.amount) == (charge.number, charge.amount)
        days = (renewal.period.starts_on, renewal.period.ends_on)
        assert days == (charge.starts_on, charge.ends_on)
