"""What waits for a person to confirm it is ended only when something else is about to pay."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from billing.actions import park_account
from billing.models import BalanceEntry, CardPayment, EntryKind
from catalog.models import Price
from licenses.bulk import freeing
from licenses.bulk.actions import start
from licenses.bulk.foreseeing import foresee
from licenses.models import BulkVerb, License
from licenses.renewing.manual import renew_by_hand
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.billing.cards import make_card
from tests.factories import make_cancelled, make_entry
from tests.gateway import Gateway
from tests.licenses.bulk import outcomes, work_off
from tests.licenses.test_card_renewals import due, run

pytestmark = pytest.mark.django_db(transaction=True)

Spoil = Callable[[License, User, User], Any]


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def license(gateway: Gateway, acme: Reseller) -> License:
    """A license whose card payment waits for its owner, while Acme has the money by now."""
    make_card(gateway, acme, "needs_authentication")
    [license] = due(acme, 5)
    run(acme)
    make_entry(acme, "500.00")
    return license


def confirmed(license: License, by: User) -> None:
    """Let a person confirm a bulk renewal of one license."""
    now = timezone.now()
    seen = foresee(BulkVerb.RENEW, [license.pk], actor=by, now=now)
    facts: dict[str, Any] = {"chosen_from": "renewals", "is_all": False, "key": license.uuid}
    start(seen, actor=by, now=now, **facts)


def parked(license: License, _ann: User, sam: User) -> None:
    park_account(license.reseller_id, "Checking", actor=sam, now=timezone.now())


def demoted(_license: License, ann: User, _sam: User) -> None:
    User.objects.filter(pk=ann.pk).update(role=Role.VIEWER)


def disabled(_license: License, ann: User, _sam: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)


def cancelled(license: License, _ann: User, _sam: User) -> None:
    make_cancelled(License.objects.get(pk=license.pk))


def dearer(_license: License, _ann: User, _sam: User) -> None:
    Price.objects.update(amount="11.00")


def spent(license: License, _ann: User, _sam: User) -> None:
    make_entry(license.reseller, "-500.00", EntryKind.ADJUSTMENT)


def state() -> str:
    return CardPayment.objects.get().state


def paid_by_balance() -> int:
    return BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count()


@pytest.mark.parametrize("spoil", [parked, demoted, disabled, cancelled, dearer, spent])
def test_a_bulk_renewal_that_is_refused_leaves_it_to_the_person(
    license: License, ann: User, sam: User, spoil: Spoil
) -> None:
    confirmed(license, ann)
    spoil(license, ann, sam)
    change = work_off()
    assert (list(outcomes(change).values()), state()) == (["refused"], "confirming")


def test_a_bulk_renewal_that_pays_ends_it(license: License, ann: User) -> None:
    confirmed(license, ann)
    assert list(outcomes(work_off()).values()) == ["done"]
    assert (state(), paid_by_balance()) == ("abandoned", 1)


def test_what_is_not_ended_in_time_is_a_result_and_nothing_else_pays(
    license: License, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeing, "SECONDS", -1)
    confirmed(license, ann)
    assert list(outcomes(work_off()).values()) == ["refused"]
    assert (state(), paid_by_balance()) == ("confirming", 0)


@pytest.mark.parametrize("spoil", [parked, cancelled, dearer, spent])
def test_a_renewal_by_hand_that_is_refused_leaves_it_to_the_person(
    license: License, ann: User, sam: User, spoil: Spoil
) -> None:
    price = Price.objects.get().amount
    spoil(license, ann, sam)
    with pytest.raises(Refusal):
        renew_by_hand(license.uuid, number=1, expected_amount=price, actor=ann, now=timezone.now())
    assert state() == "confirming"


def test_a_renewal_by_hand_that_pays_ends_it(license: License, ann: User) -> None:
    assert renew_by_hand(license.uuid, actor=ann, now=timezone.now()).state == "paid"
    assert (state(), paid_by_balance()) == ("abandoned", 1)
