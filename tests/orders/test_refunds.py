"""Refunds: asked for by Alice, decided by Sam, once a license, never more than was paid."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from billing.actions import park_account
from billing.models import BalanceEntry, EntryKind
from licenses.models import License
from licenses.reasons import why_not_refund
from mailing.kinds import kind_named
from mailing.models import Mail
from orders.actions import approve_refunds, ask_refund, refund_order, reject_refunds
from orders.models import Order, OrderState, Refund, RefundState
from orders.refunds import refundable
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import UserFactory, make_active, make_order
from tests.orders.shop import balance, broken, buy_three, first, now
from tests.resellers.test_constraints import check_now, refused

As = Callable[[User], Client]


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """Ann bought three licenses for 120.00 each; Acme has 640.00 left."""
    return buy_three(acme, ann)


def test_asking_changes_nothing_but_that_it_was_asked(order: Order, alice: User, sam: User) -> None:
    [refund] = ask_refund(order.number, first(order).uuid, "Wrong one", actor=alice, now=now())
    assert (refund.state, str(refund.amount)) == ("asked", "120.00")
    assert refund.asked_by == alice
    order.refresh_from_db()
    assert (order.state, order.available) == (OrderState.PROCESSED, 3)
    assert balance(order) == 640
    mail = Mail.objects.get(kind="refund_asked")
    text = kind_named(mail.kind).write(mail)
    assert mail.to == sam.email
    assert "Wrong one" in text.text
    assert order.number in text.html
    assert broken() == []


def test_sam_approves_and_the_license_dies_with_the_money(
    order: Order, alice: User, sam: User
) -> None:
    license = first(order)
    ask_refund(order.number, license.uuid, "Wrong one", actor=alice, now=now())
    at = now()
    [refund] = approve_refunds(order.number, None, actor=sam, now=at)
    assert (refund.state, refund.decided_by, refund.decided_at) == ("approved", sam, at)
    license.refresh_from_db()
    order.refresh_from_db()
    assert (license.cancelled_at, license.recurrent) == (at, False)
    assert (order.state, order.available) == (OrderState.REFUNDED, 2)
    entry = BalanceEntry.objects.get(kind=EntryKind.REFUND)
    assert (str(entry.amount), entry.reference) == ("120.00", order.number)
    assert entry.actor == sam
    assert balance(order) == 760
    mail = Mail.objects.get(kind="refund_decided")
    assert mail.to == alice.email
    assert "paid back to your balance" in kind_named(mail.kind).write(mail).text
    assert AuditEvent.objects.get(verb="order.refunded").changes["licenses"] == 1
    assert broken() == []


def test_the_link_of_a_refunded_license_is_dead(order: Order, sam: User, client: Client) -> None:
    license = first(order)
    assert client.get(f"/activate/{license.activation_code}/").status_code == 200
    refund_order(order.number, license.uuid, "Odd", actor=sam, now=now())
    assert client.get(f"/activate/{license.activation_code}/").status_code == 404


def test_sam_rejects_with_an_answer_and_it_can_be_asked_anew(
    order: Order, alice: User, sam: User
) -> None:
    license = first(order)
    ask_refund(order.number, license.uuid, "Wrong one", actor=alice, now=now())
    reject_refunds(order.number, None, "Too late", actor=sam, now=now())
    refund = Refund.objects.get()
    assert (refund.state, refund.answer) == (RefundState.REJECTED, "Too late")
    mail = Mail.objects.get(kind="refund_decided")
    assert "Too late" in kind_named(mail.kind).write(mail).html
    assert balance(order) == 640
    [again] = ask_refund(order.number, license.uuid, "Please", actor=alice, now=now())
    assert again.pk == refund.pk
    refund.refresh_from_db()
    assert (refund.state, refund.reason, refund.answer) == ("asked", "Please", "")
    assert (refund.decided_by, refund.decided_at) == (None, None)
    assert broken() == []


def test_all_that_are_left_are_refunded_and_shares_add_up(
    order: Order, alice: User, sam: User
) -> None:
    make_active(first(order))
    refund_order(order.number, order.licenses.order_by("pk")[1].uuid, "Odd", actor=sam, now=now())
    ask_refund(order.number, None, "Everything", actor=alice, now=now())
    approve_refunds(order.number, None, actor=sam, now=now())
    order.refresh_from_db()
    assert (order.state, order.available) == (OrderState.REFUNDED, 0)
    assert balance(order) == 1000
    back = BalanceEntry.objects.filter(kind=EntryKind.REFUND)
    assert sum(entry.amount for entry in back) == order.amount
    assert [entry.sequence for entry in back.in_ledger_order()] == [3, 4, 5]
    assert broken() == []


def test_of_a_direct_refund_the_admins_are_told(
    order: Order, alice: User, ann: User, sam: User
) -> None:
    refund_order(order.number, None, "Goodwill", actor=sam, now=now())
    mails = Mail.objects.filter(kind="refund_decided")
    assert [mail.to for mail in mails] == [alice.email]
    assert Refund.objects.filter(asked_by=None, state="approved").count() == 3


def status_on(license: License, ends_on: date) -> License:
    make_active(license, ends_on=ends_on)
    return License.objects.select_related("product", "reseller").get(pk=license.pk)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, None), (5, None), (-1, "last day was"), (-90, "last day")]
)
def test_what_was_used_up_is_not_refunded(
    order: Order, alice: User, days: int, expected: str | None
) -> None:
    today = order.reseller.day_of(now())
    license = status_on(first(order), today + timedelta(days=days))
    reason = why_not_refund(license, today)
    assert (reason is None) == (expected is None)
    assert refundable(order, today, license).exists() == (expected is None)
    if expected:
        with pytest.raises(Refusal, match=expected):
            ask_refund(order.number, license.uuid, "Late", actor=alice, now=now())
        ask_refund(order.number, None, "The others", actor=alice, now=now())
        assert Refund.objects.count() == 2


def test_a_license_is_refunded_once(order: Order, alice: User, sam: User) -> None:
    license = first(order)
    refund_order(order.number, license.uuid, "Odd", actor=sam, now=now())
    for deed in (refund_order, ask_refund):
        actor = sam if deed is refund_order else alice
        with pytest.raises(Refusal, match="refunded once"):
            deed(order.number, license.uuid, "Again", actor=actor, now=now())
    with pytest.raises(Refusal, match="waits to be decided"):
        approve_refunds(order.number, None, actor=sam, now=now())
    assert balance(order) == 760


def test_what_waits_is_not_asked_twice(order: Order, alice: User) -> None:
    license = first(order)
    ask_refund(order.number, license.uuid, "Once", actor=alice, now=now())
    with pytest.raises(Refusal, match="asked for already"):
        ask_refund(order.number, license.uuid, "Twice", actor=alice, now=now())
    assert len(ask_refund(order.number, None, "The others", actor=alice, now=now())) == 2
    with pytest.raises(Refusal, match="No license of this order is left"):
        ask_refund(order.number, None, "Again", actor=alice, now=now())


def test_never_more_than_was_paid(order: Order, sam: User) -> None:
    order.amount = Decimal("300.00")
    order.save(update_fields=["amount"])
    with pytest.raises(Refusal, match="more than was paid"):
        refund_order(order.number, None, "Odd", actor=sam, now=now())
    assert balance(order) == 640
    assert not License.objects.exclude(cancelled_at=None).exists()


def test_a_parked_account_gets_nothing_back(order: Order, alice: User, sam: User) -> None:
    ask_refund(order.number, None, "Before", actor=alice, now=now())
    park_account(order.reseller.pk, "Odd", actor=sam, now=now())
    deeds: list[Callable[[], object]] = [
        partial(ask_refund, order.number, None, "x", actor=alice, now=now()),
        partial(refund_order, order.number, None, "x", actor=sam, now=now()),
        partial(approve_refunds, order.number, None, actor=sam, now=now()),
    ]
    for deed in deeds:
        with pytest.raises(Refusal, match="parked"):
            deed()
    reject_refunds(order.number, None, "Not now", actor=sam, now=now())


@pytest.mark.parametrize("fields", [{"payment_type": "card"}, {"state": "failed", "available": 0}])
def test_what_was_not_paid_from_the_balance_does_not_go_back_to_it(
    acme: Reseller, sam: User, fields: dict[str, Any]
) -> None:
    other = make_order(acme, **{"payment_type": "card", **fields})
    with pytest.raises(Refusal, match=r"card|failed"):
        refund_order(other.number, None, "Odd", actor=sam, now=now())


def test_strangers_and_nobodys_are_missing_alike(order: Order, alice: User, charlie: User) -> None:
    with pytest.raises(Order.DoesNotExist):
        ask_refund(order.number, None, "x", actor=charlie, now=now())
    with pytest.raises(License.DoesNotExist):
        ask_refund(order.number, uuid4(), "x", actor=alice, now=now())
    other = make_order(order.reseller)
    with pytest.raises(License.DoesNotExist):
        ask_refund(order.number, first(other).uuid, "x", actor=alice, now=now())


def test_the_database_refuses_a_second_refund_of_a_license(order: Order, alice: User) -> None:
    [refund] = ask_refund(order.number, first(order).uuid, "x", actor=alice, now=now())
    with refused("license_id"), transaction.atomic():
        Refund.objects.create(
            reseller=order.reseller, order=order, license=refund.license, amount=1
        )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("refund_not_negative", {"amount": -1}),
        ("refund_decided_as_a_whole", {"state": "approved"}),
        ("refund_decided_as_a_whole", {"decided_at": now()}),
        ("refund_decided_as_a_whole", {"state": "odd"}),
    ],
)
def test_the_database_refuses_an_odd_refund(
    order: Order, alice: User, constraint: str, changes: dict[str, Any]
) -> None:
    ask_refund(order.number, first(order).uuid, "x", actor=alice, now=now())
    with refused(constraint), transaction.atomic():
        Refund.objects.update(**changes)


@pytest.mark.parametrize("field", ["order", "license"])
def test_a_refund_is_of_one_reseller(order: Order, globex: Reseller, field: str) -> None:
    license = first(order)
    strangers = make_order(globex, user=UserFactory.create(reseller=globex))
    other = {"order": strangers, "license": first(strangers)}
    values = {"order": order, "license": license, field: other[field]}
    with refused("same_reseller"), transaction.atomic():
        Refund.objects.create(reseller=order.reseller, amount=1, **values)
        check_now()


# The dialog


def address(order: Order, license: License | None = None) -> str:
    tail = f"?license={license.uuid}" if license else ""
    return f"/orders/{order.number}/refund/{tail}"


def test_alice_asks_in_a_dialog_that_says_how_much(as_: As, alice: User, order: Order) -> None:
    page = as_(alice).get(address(order))
    assert "360.00" in page.text
    assert "3 licenses left" in page.text
    answer = as_(alice).post(address(order, first(order)), {"reason": "Wrong one"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{order.number}/")
    assert Refund.objects.get().license == first(order)
    shown = as_(alice).get(f"/orders/{order.number}/").text
    assert "120.00 asked for, 1 license" in shown


def test_in_the_tile_the_history_and_the_message_come_anew(
    as_: As, alice: User, order: Order
) -> None:
    answer = as_(alice).post(address(order), {"reason": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f"#history-{order.number}" in answer.text
    assert "The refund of 3 licenses is asked for." in answer.text


def test_of_one_license_it_is_said_above_the_keys_and_its_row_comes_anew(
    as_: As, alice: User, order: Order
) -> None:
    license = first(order)
    path = address(order, license)
    answer = as_(alice).post(path, {"reason": "x"}, headers={"HX-Request": "true"})
    assert f"#keys-result-{order.number}" in answer.text
    assert "The refund of 1 license is asked for." in answer.text
    assert f'id="license-{license.uuid}"' in answer.text
    assert "A refund is asked for already." in answer.text
    assert answer.headers["HX-Trigger"] == f"order-{order.number}-changed"


@pytest.mark.parametrize("reason", ["", "   ", "\0", "x" * 501])
def test_a_reason_is_needed(as_: As, alice: User, order: Order, reason: str) -> None:
    answer = as_(alice).post(address(order), {"reason": reason})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert not Refund.objects.exists()


@pytest.mark.parametrize("who", ["alice", "sam"])
def test_a_reason_with_a_code_is_refused_at_the_field(
    as_: As, alice: User, sam: User, order: Order, who: str
) -> None:
    reason = f"{first(order).activation_code} does not work"
    page = f"/admin/orders/order/{order.pk}/refund/" if who == "sam" else address(order)
    answer = as_({"alice": alice, "sam": sam}[who]).post(page, {"reason": reason})
    assert answer.status_code == 422
    assert "Leave activation codes, links and passwords out" in answer.text
    assert reason in answer.text
    assert not Refund.objects.exists()


def test_what_cannot_be_refunded_is_said(as_: As, alice: User, sam: User, order: Order) -> None:
    refund_order(order.number, None, "Odd", actor=sam, now=now())
    for method in ("get", "post"):
        answer = getattr(as_(alice), method)(address(order), {"reason": "x"})
        assert answer.status_code == 422
        assert "No license of this order is left" in answer.text


@pytest.mark.parametrize("license", ["", "x", "\0", "00000000-0000-4000-8000-000000000000"])
def test_a_license_that_is_none_is_missing(
    as_: As, alice: User, order: Order, license: str
) -> None:
    answer = as_(alice).get(f"/orders/{order.number}/refund/", {"license": license})
    assert answer.status_code == 404


def test_each_key_has_its_line_in_the_menu(as_: As, alice: User, ann: User, order: Order) -> None:
    link = f'href="/orders/{order.number}/refund/?license={first(order).uuid}"'
    keys = f"/orders/{order.number}/license-keys/"
    assert link in as_(alice).get(keys).text
    text = as_(ann).get(keys).text
    assert link not in text
    assert "Only an admin of your company may ask for a refund." in text


# The vendor's staff


def press(client: Client, path: str, **data: str) -> Any:
    answer = client.post(f"/admin/{path}/", data)
    assert answer.status_code == 302, answer.text
    return answer


def test_sam_decides_on_the_page_of_a_refund(as_: As, alice: User, sam: User, order: Order) -> None:
    one, two, three = ask_refund(order.number, None, "Wrong", actor=alice, now=now())
    client = as_(sam)
    listed = client.get("/admin/orders/refund/", {"state__exact": "asked", "q": order.number})
    assert listed.context["cl"].result_count == 3
    assert b"120.00" in client.get(f"/admin/orders/refund/{one.pk}/approve-refund/").content
    press(client, f"orders/refund/{one.pk}/approve-refund")
    press(client, f"orders/refund/{two.pk}/reject-refund", answer="No")
    states = dict(Refund.objects.values_list("pk", "state"))
    assert states == {one.pk: "approved", two.pk: "rejected", three.pk: "asked"}
    again = client.post(f"/admin/orders/refund/{one.pk}/approve-refund/")
    assert again.status_code == 422


def test_sam_decides_on_the_page_of_the_order_for_all_at_once(
    as_: As, alice: User, sam: User, order: Order
) -> None:
    client = as_(sam)
    page = f"/admin/orders/order/{order.pk}/change/"
    assert b"Approve the refund" not in client.get(page).content
    ask_refund(order.number, None, "Wrong", actor=alice, now=now())
    assert b"Approve the refund" in client.get(page).content
    press(client, f"orders/order/{order.pk}/approve-refund")
    assert balance(order) == 1000


def test_sam_refunds_directly_an_order_or_a_license(as_: As, sam: User, order: Order) -> None:
    client, license = as_(sam), first(order)
    assert b"120.00" in client.get(f"/admin/licenses/license/{license.pk}/refund/").content
    press(client, f"licenses/license/{license.pk}/refund", reason="Odd")
    assert b"240.00" in client.get(f"/admin/orders/order/{order.pk}/refund/").content
    press(client, f"orders/order/{order.pk}/refund", reason="Odd")
    assert balance(order) == 1000
    page = client.get(f"/admin/orders/order/{order.pk}/refund/")
    assert b"No license of this order is left" in page.content
