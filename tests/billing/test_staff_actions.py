"""What vendor staff do with an account."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import (
    adjust_balance,
    book_transfer,
    change_credit_limit,
    park_account,
    release_account,
    return_deposit,
)
from billing.models import Account, BalanceEntry, EntryKind, VendorDetails
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_entry

As = Callable[[User], Client]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def parked(acme: Reseller, sam: User, now: datetime) -> Account:
    return park_account(acme.pk, "Odd", actor=sam, now=now)


def balance(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def event(verb: str) -> AuditEvent:
    return AuditEvent.objects.get(verb=verb)


def test_sam_books_a_transfer(acme: Reseller, sam: User, now: datetime) -> None:
    entry = book_transfer(acme.pk, Decimal("250.00"), " NTRF  4711 ", actor=sam, now=now)
    assert (entry.kind, str(entry.amount)) == ("deposit", "250.00")
    assert (entry.reference, entry.actor, entry.at) == ("NTRF 4711", sam, now)
    assert balance(acme) == 250
    assert event("account.deposit_booked").changes["amount"] == "250.00"


@pytest.mark.parametrize("reference", ["NTRF 4711", "ntrf 4711", "  NTRF   4711"])
def test_a_transfer_is_booked_once_for_whomever(
    acme: Reseller, globex: Reseller, sam: User, now: datetime, reference: str
) -> None:
    book_transfer(acme.pk, Decimal(250), "NTRF 4711", actor=sam, now=now)
    with pytest.raises(Refusal, match=r"booked on .* for Acme \(EUR\s250\.00\)") as caught:
        book_transfer(globex.pk, Decimal(250), reference, actor=sam, now=now)
    assert caught.value.field == "bank_reference"
    assert balance(acme) == 250
    assert balance(globex) == 0


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_transfer_is_above_zero(acme: Reseller, sam: User, now: datetime, amount: str) -> None:
    for deed in (book_transfer, return_deposit):
        with pytest.raises(Refusal, match="above zero"):
            deed(acme.pk, Decimal(amount), "NTRF 1", actor=sam, now=now)
    assert not BalanceEntry.objects.exists()


def test_a_deposit_goes_back_once(acme: Reseller, sam: User, now: datetime) -> None:
    make_entry(acme, "100.00")
    entry = return_deposit(acme.pk, Decimal("40.00"), "OUT 1", actor=sam, now=now)
    assert (entry.kind, str(entry.amount)) == ("deposit_refund", "-40.00")
    assert balance(acme) == 60
    with pytest.raises(Refusal, match="booked on"):
        return_deposit(acme.pk, Decimal("40.00"), "OUT 1", actor=sam, now=now)
    assert balance(acme) == 60


def test_no_more_goes_back_than_was_deposited_and_is_there(
    acme: Reseller, sam: User, now: datetime
) -> None:
    make_entry(acme, "100.00")
    make_entry(acme, "25.00", EntryKind.ADJUSTMENT)
    with pytest.raises(Refusal, match=r"At most EUR\s100\.00"):
        return_deposit(acme.pk, Decimal("100.01"), "OUT 1", actor=sam, now=now)
    make_entry(acme, "-90.00", EntryKind.PURCHASE)
    Account.objects.filter(reseller=acme).update(credit_limit=1000)
    with pytest.raises(Refusal, match=r"At most EUR\s35\.00"):
        return_deposit(acme.pk, Decimal("35.01"), "OUT 1", actor=sam, now=now)


def test_an_adjustment_has_a_reason_that_the_reseller_reads(
    acme: Reseller, sam: User, now: datetime
) -> None:
    make_entry(acme, "100.00")
    key = uuid4()
    first = adjust_balance(acme.pk, Decimal(-5), "Bank fee", key=key, actor=sam, now=now)
    again = adjust_balance(acme.pk, Decimal(-5), "Bank fee", key=key, actor=sam, now=now)
    assert (first, first.reference) == (again, "Bank fee")
    assert balance(acme) == 95


def test_an_adjustment_is_not_zero_and_takes_no_more_than_there_is(
    acme: Reseller, sam: User, now: datetime
) -> None:
    for amount, sentence in (("0", "not zero"), ("-0.01", "is missing")):
        with pytest.raises(Refusal, match=sentence):
            adjust_balance(acme.pk, Decimal(amount), "Odd", key=uuid4(), actor=sam, now=now)


def test_a_credit_limit_is_not_lowered_below_what_is_used(acme: Reseller, sam: User) -> None:
    change_credit_limit(acme.pk, Decimal(500), actor=sam)
    make_entry(acme, "-120.00", EntryKind.PURCHASE)
    with pytest.raises(Refusal, match=r"EUR\s120\.00 of the credit is used") as caught:
        change_credit_limit(acme.pk, Decimal("119.99"), actor=sam)
    assert caught.value.field == "credit_limit"
    change_credit_limit(acme.pk, Decimal("120.00"), actor=sam)
    changes = AuditEvent.objects.filter(verb="account.credit_limit_changed").latest("id").changes
    assert changes == {"was": "500.00", "credit_limit": "120.00"}


def test_a_parked_account_takes_deposits_and_adjustments_and_gives_nothing_back(
    acme: Reseller, sam: User, now: datetime, parked: Account
) -> None:
    book_transfer(acme.pk, Decimal(10), "IN 1", actor=sam, now=now)
    adjust_balance(acme.pk, Decimal(1), "Put right", key=uuid4(), actor=sam, now=now)
    change_credit_limit(acme.pk, Decimal(5), actor=sam)
    with pytest.raises(Refusal, match="parked"):
        return_deposit(acme.pk, Decimal(1), "OUT 1", actor=sam, now=now)
    assert balance(acme) == 11


def test_parking_and_releasing(acme: Reseller, sam: User, now: datetime, parked: Account) -> None:
    with pytest.raises(Refusal, match="parked already"):
        park_account(acme.pk, "Again", actor=sam, now=now)
    released = release_account(acme.pk, actor=sam)
    assert (released.is_parked, released.parked_because) == (False, "")
    with pytest.raises(Refusal, match="not parked"):
        release_account(acme.pk, actor=sam)
    assert event("account.parked").changes == {"because": "Odd"}
    assert event("account.released").actor == sam


def button(client: Client, reseller: Reseller, slug: str, **data: Any) -> Any:
    address = f"/admin/billing/account/{reseller.account.pk}/{slug}/"
    return client.post(address, data) if data else client.get(address)


PRESSES = {
    "book-transfer": ("12.50", {"amount": "12.50", "bank_reference": "IN 9"}),
    "return-deposit": ("-12.50", {"amount": "12.50", "bank_reference": "OUT 9"}),
    "adjust": ("-1.00", {"amount": "-1.00", "reason": "Fee", "key": str(uuid4())}),
    "credit-limit": ("0.00", {"credit_limit": "5"}),
    "park": ("0.00", {"because": "Odd"}),
}


@pytest.mark.parametrize("slug", PRESSES)
def test_sam_does_it_by_a_button(as_: As, sam: User, acme: Reseller, slug: str) -> None:
    change, data = PRESSES[slug]
    make_entry(acme, "100.00")
    client = as_(sam)
    assert b"100.00" in button(client, acme, slug).content or slug == "park"
    assert button(client, acme, slug, **data).status_code == 302
    assert balance(acme) == 100 + Decimal(change)


@pytest.mark.parametrize(
    "amount", ["", "NaN", "Infinity", "1e3", "0", "-1", "1.234", "9" * 30, "\0"]
)
def test_what_is_no_amount_is_refused_at_the_field(
    as_: As, sam: User, acme: Reseller, amount: str
) -> None:
    page = button(as_(sam), acme, "book-transfer", amount=amount, bank_reference="IN 1")
    expected = 302 if amount == "1e3" else 422
    assert page.status_code == expected
    assert BalanceEntry.objects.count() == (expected == 302)


def test_a_refused_transfer_is_told_at_its_field(as_: As, sam: User, acme: Reseller) -> None:
    data = {"amount": "1", "bank_reference": "IN 1"}
    client = as_(sam)
    button(client, acme, "book-transfer", **data)
    page = button(client, acme, "book-transfer", **data)
    assert page.status_code == 422
    assert "bank_reference" in page.context["form"].errors


def test_releasing_says_why_it_was_parked(
    as_: As, sam: User, acme: Reseller, parked: Account
) -> None:
    assert b"Odd" in button(as_(sam), acme, "release").content
    assert as_(sam).post(f"/admin/billing/account/{parked.pk}/release/").status_code == 302
    assert not Account.objects.get(reseller=acme).is_parked


def test_sam_finds_an_entry_by_what_the_bank_calls_it(as_: As, sam: User, acme: Reseller) -> None:
    book_transfer(acme.pk, Decimal(1), "NTRF 4711", actor=sam, now=timezone.now())
    make_entry(acme, reference="Wire 2")
    page = as_(sam).get("/admin/billing/balanceentry/", {"q": "ntrf"})
    assert page.context["cl"].result_count == 1


def test_sam_enters_who_sells_once_and_changes_it(as_: As, sam: User, bob: User) -> None:
    client, add = as_(sam), "/admin/billing/vendordetails/add/"
    details = {"name": "Rampart", "address": "Quay 2", "bank_details": "IBAN IE00\n<b>"}
    assert client.post(add, details).status_code == 302
    assert client.get(add).status_code == 403
    change = "/admin/billing/vendordetails/1/change/"
    assert client.post(change, {**details, "name": "Rampart Ltd"}).status_code == 302
    assert VendorDetails.objects.get().name == "Rampart Ltd"
    assert "IBAN IE00<br>&lt;b&gt;" in as_(bob).get("/balance/").text
