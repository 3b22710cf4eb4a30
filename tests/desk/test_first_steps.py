"""The first steps of a new company: ticked by facts, for each role what it may do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activation.actions import send_link
from activation.sending import Recipient
from billing.models import Account, VendorDetails
from desk.first_steps import first_steps
from orders.models import OrderState, PaymentType
from resellers.models import AuditEvent, Reseller, User
from resellers.steps import record
from tests.factories import make_active, make_entry, make_order
from tests.mailing.test_log import make_mail

As = Callable[[User], Client]
TITLES = [
    "Say who your company is",
    "Put money on the account",
    "Buy the first licenses",
    "Pass on the first license",
]


def done(user: User) -> list[bool]:
    """Return which steps are ticked."""
    assert user.reseller_id
    found = first_steps(user, Reseller.objects.get(pk=user.reseller_id))
    assert found
    return [step.is_done for step in found.steps]


def settle_in(reseller: Reseller) -> None:
    """Say who the company is."""
    Reseller.objects.filter(pk=reseller.pk).update(address="Quay 2", tax_number="DE1")


def test_each_step_is_ticked_by_what_was_done(acme: Reseller, alice: User) -> None:
    assert done(alice) == [False, False, False, False]
    settle_in(acme)
    assert done(alice) == [True, False, False, False]
    make_entry(acme, "500.00")
    assert done(alice) == [True, True, False, False]
    order = make_order(acme, user=alice, quantity=2)
    assert done(alice) == [True, True, True, False]
    license = order.licenses.all()[0]
    send(license.uuid, alice)
    acme.refresh_from_db()
    assert first_steps(alice, acme) is None


def send(license_uuid: Any, actor: User) -> None:
    """Mail a license's link to a customer."""
    send_link(license_uuid, Recipient("maria@muster.example"), "", actor=actor, now=timezone.now())


def test_who_is_at_work_sees_no_steps(acme: Reseller, alice: User) -> None:
    make_active(make_order(acme, quantity=1).licenses.get())
    assert first_steps(alice, acme) is None


def test_nothing_of_another_company_counts(acme: Reseller, globex: Reseller, alice: User) -> None:
    make_entry(globex, "500.00")
    make_active(make_order(globex, quantity=1).licenses.get())
    assert done(alice) == [False, False, False, False]


def test_a_credit_limit_is_money_too(acme: Reseller, alice: User) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=100)
    assert done(alice)[1]


def test_half_of_the_company_is_not_enough(acme: Reseller, alice: User, as_: As) -> None:
    Reseller.objects.filter(pk=acme.pk).update(address="Quay 2")
    assert not done(alice)[0]
    assert "Still missing: the tax number." in as_(alice).get("/").content.decode()


@pytest.mark.parametrize("state", [OrderState.CHECKING, OrderState.FAILED])
def test_an_order_that_is_not_paid_is_no_purchase(
    acme: Reseller, alice: User, as_: As, state: OrderState
) -> None:
    values = {"payment_type": PaymentType.CARD, "state": state, "available": 0}
    make_order(acme, user=alice, number="4711000001", quantity=1, **values)
    assert not done(alice)[2]
    said = "The card payment of order 4711000001 is being checked."
    assert (said in as_(alice).get("/").content.decode()) == (state == OrderState.CHECKING)


LINKS = {
    "alice": ("/settings/company/", "/orders/buy/", "/orders/4711000001/"),
    "ann": ("/orders/buy/", "/orders/4711000001/"),
    "bob": (),
}


@pytest.mark.parametrize("bought", [False, True])
@pytest.mark.parametrize("person", ["alice", "ann", "bob"])
def test_each_step_leads_only_where_the_person_may_go(
    as_: As, acme: Reseller, person: str, bought: bool, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(person)
    if bought:
        make_order(acme, number="4711000001", quantity=1)
    client = as_(user)
    found = client.get("/").context["first"]
    urls = {step.url for step in found.steps if step.url}
    expected = {url for url in LINKS[person] if bought or "4711" not in url}
    assert urls == expected
    assert all(client.get(url).status_code == 200 for url in urls)
    assert all(step.url or step.who or step.transfer for step in found.steps)


def test_the_page_says_where_transfers_go(as_: As, acme: Reseller, bob: User) -> None:
    assert "has not entered yet where transfers go" in as_(bob).get("/").content.decode()
    VendorDetails.objects.create(name="Rampart", address="Quay 2", bank_details="IBAN DE00 1234")
    page = as_(bob).get("/").content.decode()
    assert "IBAN DE00 1234" in page
    assert acme.account.transfer_reference in page
    balance = as_(bob).get("/balance/").content.decode()
    assert acme.account.transfer_reference in balance
    assert "Begin with a bank transfer" in balance


def test_every_step_is_on_the_page(as_: As, alice: User) -> None:
    page = as_(alice).get("/").content.decode()
    at = [page.index(title) for title in TITLES]
    assert at == sorted(at)
    assert "0 of 4 done" in page


EMPTY = {
    "/orders/?date_from=": "No orders yet",
    "/activations/": "No activations yet",
    "/customers/": "No customers yet",
    "/balance/": "Nothing has moved the balance yet",
    "/renewals/": "Nothing to renew yet",
    "/exports/": "No exports yet",
    "/prices/": "Nothing is on sale",
}
EMPTY_TO_ADMINS = {"/mails/": "No mails yet", "/activity/": "Nothing was done yet"}


@pytest.mark.parametrize("person", ["alice", "ann", "bob"])
def test_every_empty_list_says_what_comes_there(
    as_: As, acme: Reseller, person: str, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(person)
    client = as_(user)
    for path, heading in {**EMPTY, **(EMPTY_TO_ADMINS if user.may_administer else {})}.items():
        page = client.get(path)
        assert heading in page.content.decode(), path


@pytest.mark.parametrize("path", ["/mails/", "/activity/"])
def test_a_log_without_anything_of_late_leads_to_what_was_before(
    as_: As, acme: Reseller, alice: User, path: str
) -> None:
    make_old(acme, alice)
    client = as_(alice)
    page = client.get(path)
    assert "in the last seven days" in page.content.decode()
    assert len(client.get(path + page.context["empty"].url).context["rows"]) == 1


def make_old(reseller: Reseller, actor: User) -> None:
    """Let something have happened long ago."""
    long_ago = datetime(2026, 1, 1, tzinfo=reseller.zone)
    make_mail(reseller, queued_at=long_ago, sent_at=long_ago)
    event = record("order.placed", "4711000001", reseller=reseller, actor=actor)
    AuditEvent.objects.filter(pk=event.pk).update(at=long_ago)
