"""What the balance does not cover of many renewals is paid by the card, if an admin asked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import CardPayment
from billing.payments import confirm as confirm_payment, look_again
from billing.payments.watching import sweep
from licenses.bulk import working
from licenses.bulk.batches import do_batch, waiting
from licenses.bulk.results import results_of
from licenses.models import BulkChange, BulkVerb, License
from reseller_portal.wake import bell
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.billing.cards import checked, make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.bulk import address, changed, confirm, outcomes, reasons, recurrent_of, work_off
from tests.licenses.renewing import make_guard, make_renewing
from tests.licenses.test_bulk_pages import polled
from tests.races import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]
RENEW = BulkVerb.RENEW
SLOW = 60.0


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def three(gateway: Gateway, acme: Reseller) -> list[License]:
    """Three that end soon, for 120.00 each, and money for one."""
    make_entry(acme, "120.00")
    guard = make_guard()
    return [make_renewing(acme, guard, days) for days in (3, 4, 5)]


def test_an_admin_pays_the_rest_by_card(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    url = address(*three, do=RENEW)
    answer = as_(alice).get(url)
    seen = answer.context["preview"]
    assert (seen.by_balance.count, seen.by_card.count, seen.by_card.amount) == (1, 2, 240)
    assert "2 licenses, a payment for each" in answer.text
    change = changed(as_(alice), url)
    assert list(outcomes(change).values()) == ["done"] * 3
    assert [item.source for item in change.items.all()] == ["balance", "card", "card"]
    assert [charged["amount"] for charged in gateway.charges()] == [12000, 12000]


def test_an_agent_does_not_pay_by_card(
    gateway: Gateway, acme: Reseller, as_: As, ann: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    url = address(*three, do=RENEW)
    assert as_(ann).get(url).context["preview"].not_covered.count == 2
    change = changed(as_(ann), url)
    assert list(outcomes(change).values()) == ["done", "refused", "refused"]
    assert not gateway.charges()


def test_an_admin_who_became_an_agent_meanwhile_does_not_either(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    confirm(as_(alice), address(*three, do=RENEW))
    User.objects.filter(pk=alice.pk).update(role=Role.AGENT)
    assert list(outcomes(work_off()).values()) == ["done", "refused", "refused"]
    assert not gateway.charges()


def test_a_card_that_declines_is_a_result_with_its_reason(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme, "insufficient_funds")
    change = changed(as_(alice), address(*three, do=RENEW))
    assert list(outcomes(change).values()) == ["done", "refused", "refused"]
    assert all(reasons(change))


def test_after_a_decline_for_good_nothing_more_is_sent_and_auto_renew_stays_on(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme, "stolen")
    change = changed(as_(alice), address(*three, do=RENEW))
    assert list(outcomes(change).values()) == ["done", "refused", "refused"]
    assert len(gateway.attempts()) == 1
    assert "was declined for good before, so it was not charged. Use another" in reasons(change)[1]
    assert recurrent_of(three) == [True, False, True]


def test_what_waits_when_the_card_is_declined_for_good_is_not_even_tried(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme, "stolen")
    confirm(as_(alice), address(*three, do=RENEW))
    change = BulkChange.objects.claim(BulkChange.objects.get().pk, timezone.now())
    assert change
    do_batch(change, waiting(change)[:2], now=timezone.now())
    assert sweep() == 1
    do_batch(change, waiting(change), now=timezone.now())
    assert list(outcomes(change).values()) == ["done", "refused", "refused"]
    assert reasons(change)[1].startswith("Visa •••• 9979 was declined for good. Choose another")
    assert not three[2].renewals.exists()
    assert recurrent_of(three) == [True, False, True]


def test_what_is_not_known_yet_is_told_so_and_later_how_it_ended(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    gateway.fault("timeout_after", seconds=2)
    change = changed(as_(alice), address(*three[:2], do=RENEW))
    assert list(outcomes(change).values()) == ["done", "checking"]
    assert "The card gateway has not answered yet" in reasons(change)[0]
    checked(CardPayment.objects.get())
    assert results_of(change) == {"done": 2}
    page = as_(alice).get(f"/bulk-changes/{change.uuid}/").text
    assert "The card gateway has not answered yet" not in page


def test_what_a_person_has_to_confirm_leads_there_and_ends_as_done(
    gateway: Gateway, as_: As, alice: User, ann: User, three: list[License]
) -> None:
    make_card(gateway, three[0].reseller, "needs_authentication")
    change = changed(as_(alice), address(*three[:2], do=RENEW))
    assert list(outcomes(change).values()) == ["done", "confirming"]
    payment, page = CardPayment.objects.get(), f"/bulk-changes/{change.uuid}/?result=failed"
    assert f'href="/payments/{payment.uuid}/"' in as_(alice).get(page).text
    assert "/payments/" not in as_(ann).get(page).text
    assert confirm_payment(payment).confirm_url
    gateway.authenticate(payment.gateway_id)
    look_again(payment)
    assert results_of(change) == {"done": 2}


def test_what_was_left_to_the_card_by_a_worker_that_died_is_charged_once(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    confirm(as_(alice), address(*three, do=RENEW))
    dying = BulkChange.objects.claim(BulkChange.objects.get().pk, timezone.now())
    assert dying
    do_batch(dying, waiting(dying), now=timezone.now())
    assert not gateway.charges()
    assert sweep() == 2
    BulkChange.objects.update(leased_until=timezone.now())
    change = work_off()
    assert (change.state, change.attempts) == ("done", 2)
    assert list(outcomes(change).values()) == ["done"] * 3
    assert len(gateway.charges()) == 2


@pytest.fixture
def slow(gateway: Gateway, acme: Reseller, settings: Any) -> Iterator[Gateway]:
    """A gateway that is slow to charge Acme's card."""
    settings.STRIPE_TIMEOUT_SECONDS = (5, 2 * SLOW)
    make_card(gateway, acme)
    gateway.fault("slow", seconds=SLOW)
    yield gateway
    gateway.clear_faults()


def test_a_slow_gateway_holds_up_no_job_and_its_results_come_to_the_rows(
    slow: Gateway, as_: As, alice: User, three: list[License]
) -> None:
    client = as_(alice)
    confirm(client, address(*three, do=RENEW))
    change = BulkChange.objects.get()
    with meanwhile(sweep) as running:
        working.work(change.pk)
        running()
        change.refresh_from_db()
        assert (change.state, list(outcomes(change).values())) == (
            "done",
            ["done", "checking", "checking"],
        )
        card = polled(client, change)
        assert "The card is still asked for 2 licenses" in card.text
        assert ("hx-get" in card.text, "HX-Trigger" in card.headers) == (True, False)
        slow.clear_faults()
    assert list(outcomes(change).values()) == ["done"] * 3
    assert polled(client, change).headers["HX-Trigger"] == "bulk-change-ended"


def test_who_does_the_job_wakes_who_charges_the_card(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, three: list[License]
) -> None:
    make_card(gateway, acme)
    confirm(as_(alice), address(*three, do=RENEW))
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bell, "ring", lambda task, _ids: told.append(task.name))
        working.work(BulkChange.objects.get().pk)
    assert told == ["billing.sweep"]
    assert not gateway.requests("/v1/payment_intents")
