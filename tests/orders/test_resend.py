"""Sending the confirmation again: to whom, how often, and what is said about it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from http import HTTPStatus
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from mailing.models import Mail, MailState
from orders.actions import resend_confirmation
from orders.confirmation import KIND
from orders.models import Order, OrderState
from reseller_portal.display import wait_in_words
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import OrderFactory, make_cancelled, make_order
from tests.orders.conftest import SignedIn, first_license

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of Alice's."""
    return make_order(acme, user=alice)


def resend(order: Order, actor: User, after: float = 0) -> Mail:
    """Send again, some minutes after NOW."""
    return resend_confirmation(order.number, actor=actor, now=NOW + timedelta(minutes=after))


def settle(mail: Mail, state: MailState) -> None:
    """Let the worker be done with a mail."""
    sent_at = mail.queued_at if state == MailState.DONE else None
    Mail.objects.filter(pk=mail.pk).update(state=state, sent_at=sent_at)


def test_it_goes_to_who_placed_the_order(order: Order, ann: User) -> None:
    mail = resend(order, ann)
    assert (mail.kind, mail.to, mail.about, mail.actor) == (
        KIND,
        "alice@acme.example",
        order.number,
        ann,
    )
    assert mail.reseller == order.reseller
    assert mail.params == {}


def test_it_is_remembered_who_asked(order: Order, ann: User) -> None:
    resend(order, ann)
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("order.mail_resent", order.number, ann)
    assert event.changes == {"to": "alice@acme.example"}


def test_when_that_person_is_disabled_it_goes_to_who_asks(
    order: Order, alice: User, ann: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert resend(order, ann).to == "ann@acme.example"


def test_codes_never_go_to_who_may_not_see_them_any_more(
    order: Order, alice: User, ann: User
) -> None:
    User.objects.filter(pk=alice.pk).update(role=Role.VIEWER)
    assert resend(order, ann).to == "ann@acme.example"


def test_not_within_five_minutes(order: Order, ann: User) -> None:
    settle(resend(order, ann), MailState.DONE)
    with pytest.raises(Refusal, match=r"sent again in 1 minute\."):
        resend(order, ann, after=4.5)
    assert resend(order, ann, after=5).pk


def test_other_orders_are_not_held_up(order: Order, ann: User) -> None:
    resend(order, ann)
    assert resend(make_order(order.reseller), ann).pk


def test_not_while_the_last_one_waits(order: Order, ann: User) -> None:
    resend(order, ann)
    with pytest.raises(Refusal, match="still waits to be sent"):
        resend(order, ann, after=30)


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.STUCK])
def test_at_once_after_one_that_failed(order: Order, ann: User, state: MailState) -> None:
    settle(resend(order, ann), state)
    assert resend(order, ann, after=1).pk


def test_ten_times_a_day(order: Order, ann: User) -> None:
    for turn in range(10):
        settle(resend(order, ann, after=turn * 10), MailState.DONE)
    with pytest.raises(Refusal, match=r"10 times within 24 hours.* in 22 hours\."):
        resend(order, ann, after=120)
    assert resend(order, ann, after=24 * 60).pk


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 minute"), (61, "2 minutes"), (7199, "2 hours"), (7201, "3 hours"), (-5, "1 minute")],
)
def test_the_wait_is_rounded_up(seconds: int, words: str) -> None:
    assert wait_in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize("state", [OrderState.CHECKING, OrderState.FAILED])
def test_not_without_licenses(acme: Reseller, alice: User, state: OrderState) -> None:
    order = OrderFactory.create(reseller=acme, user=alice, state=state, available=0)
    with pytest.raises(Refusal, match="no licenses"):
        resend(order, alice)
    assert not Mail.objects.exists()


def test_also_for_a_refunded_order(order: Order, ann: User) -> None:
    make_cancelled(first_license(order))
    assert resend(order, ann).pk


def test_one_key_is_one_mail(order: Order, ann: User) -> None:
    key = uuid4()
    mails = {resend_confirmation(order.number, actor=ann, now=NOW, key=key).pk for _ in range(2)}
    assert len(mails) == Mail.objects.count() == AuditEvent.objects.count() == 1


def test_a_stranger_cannot(order: Order, charlie: User) -> None:
    with pytest.raises(Order.DoesNotExist):
        resend(order, charlie)


def test_staff_can_for_everybody(order: Order, sam: User) -> None:
    assert resend(order, sam).to == "alice@acme.example"


# In the browser


@pytest.fixture
def client(as_: SignedIn, ann: User) -> Client:
    """Ann's browser."""
    return as_(ann)


def question(client: Client, order: Order) -> str:
    """Return what is asked before the mail is sent."""
    answer = client.get(f"/orders/{order.number}/?confirm=resend-email")
    assert answer.status_code == HTTPStatus.OK
    return " ".join(unescape(answer.text).split())


def test_the_question_says_to_whom_and_when_it_last_went_out(client: Client, order: Order) -> None:
    page = question(client, order)
    assert f"Send the confirmation of order {order.number} again?" in page
    assert "<strong>Alice Arnold</strong> (alice@acme.example)" in page
    assert "not sent from here before" in page
    settle(resend(order, order.user), MailState.DONE)
    assert "to alice@acme.example." in question(client, order)
    assert "24 Nov 2026, 13:00 CET" in question(client, order)


def test_the_question_says_why_it_goes_to_another(client: Client, order: Order) -> None:
    User.objects.filter(pk=order.user_id).update(is_active=False)
    page = question(client, order)
    assert "<strong>Ann Ackermann</strong> (ann@acme.example)" in page
    assert "Alice Arnold, who placed the order, may no longer be sent activation codes" in page


def test_the_question_says_how_long_to_wait(client: Client, order: Order) -> None:
    with time_machine.travel(NOW, tick=False):
        resend(order, order.user)
        page = question(client, order)
    assert "It can be sent again in 5 minutes." in page
    assert "<button" not in page.split("dialog-actions")[1].split("</form>")[0]


def test_the_button_leads_back_to_the_order(client: Client, order: Order) -> None:
    answer = client.post(f"/orders/{order.number}/resend-email/")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["Location"] == f"/orders/{order.number}/"
    page = client.get(answer.headers["Location"]).text
    assert "The confirmation is on its way to alice@acme.example." in page
    assert Mail.objects.count() == 1


def test_a_second_press_says_how_long_to_wait(client: Client, order: Order) -> None:
    client.post(f"/orders/{order.number}/resend-email/")
    answer = client.post(f"/orders/{order.number}/resend-email/")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "It can be sent again in 5 minutes." in answer.text
    assert Mail.objects.count() == 1


def test_a_double_click_is_one_press(client: Client, order: Order) -> None:
    key = re.search(r'name="key" value="([^"]*)"', question(client, order))
    assert key
    for _ in range(2):
        answer = client.post(f"/orders/{order.number}/resend-email/", {"key": key[1]})
        assert answer.status_code == HTTPStatus.SEE_OTHER
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "\0", "9" * 10_000])
def test_a_key_that_is_none_does_not_matter(client: Client, order: Order, key: str) -> None:
    answer = client.post(f"/orders/{order.number}/resend-email/", {"key": key})
    assert answer.status_code == HTTPStatus.SEE_OTHER


def test_in_a_tile_the_result_appears_where_the_button_was(client: Client, order: Order) -> None:
    answer = client.post(f"/orders/{order.number}/resend-email/", headers=HTMX)
    assert answer.status_code == HTTPStatus.OK
    assert f'hx-swap-oob="innerHTML:#result-{order.number}"' in answer.text
    assert f'hx-swap-oob="outerHTML:#history-{order.number}"' in answer.text
    assert "Order confirmation to alice@acme.example: Queued" in answer.text


def test_in_a_tile_a_refusal_stays_in_the_dialog(client: Client, order: Order) -> None:
    client.post(f"/orders/{order.number}/resend-email/", headers=HTMX)
    answer = client.post(f"/orders/{order.number}/resend-email/", headers=HTMX)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "dialog-body" in answer.text
    assert "<html" not in answer.text
