"""The licenses of an order go to a pasted list of customers: checked, confirmed, sent, followed."""

import re
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activation import limits
from activation.actions import send_link
from activation.sending import Recipient
from licenses.actions import replace_code
from licenses.models import License
from mailing.models import Mail
from mailing.querysets import MailQuerySet
from orders.models import Order
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]
LIST = "nina@nova.example\nOtto Ohm <otto@ohm.example>\n"


@pytest.fixture
def order(acme: Reseller) -> Order:
    """Four licenses: the first is in use, the third is cancelled."""
    order = make_order(acme, quantity=4)
    used, _second, cancelled, _fourth = order.licenses.all()
    make_active(used)
    cancelled.order.refresh_from_db()
    make_cancelled(cancelled)
    order.refresh_from_db()
    return order


def link_mails() -> MailQuerySet:
    return Mail.objects.filter(kind="activation_link").order_by("key")


def url(order: Order) -> str:
    return f"/orders/{order.number}/send-links/"


def check(client: Client, order: Order, addresses: str = LIST, **more: str) -> Any:
    return client.post(url(order), {"addresses": addresses, **more})


def confirm(client: Client, order: Order, page: Any, **more: str) -> Any:
    """Press the button of a page that asks for confirmation."""
    form = page.context["form"].cleaned_data
    typed = {"addresses": form["addresses"], "words": form["words"]}
    twice = {"twice": "on"} if form["twice"] else {}
    keys = {"key": page.context["key"], "mark": page.context["plan"].mark}
    return client.post(url(order), {**typed, **twice, **keys, "step": "send", **more})


def lines(page: Any) -> list[str]:
    """Return what is said of each wrong line."""
    return [said.strip() for said in re.findall(r"Line (\d+: [^<]*)<", page.content.decode())]


def test_ann_checks_confirms_and_sees_what_became_of_each(
    as_: SignIn, ann: User, order: Order
) -> None:
    client = as_(ann)
    _used, second, _cancelled, fourth = order.licenses.all()
    assert "2 licenses of this order can be sent." in client.get(url(order)).content.decode()
    page = check(client, order, words="Have fun")
    said = page.content.decode()
    assert page.status_code == HTTPStatus.OK
    assert "2 mails from Acme go out once you confirm." in said
    assert "2 of 4" in said
    assert "4 of 4" in said
    assert "Have fun" in said
    assert not any(license.activation_code in said for license in order.licenses.all())
    assert not link_mails().exists()
    response = confirm(client, order, page)
    assert response.status_code == HTTPStatus.SEE_OTHER
    sent = {(mail.to, mail.about, mail.params["name"]) for mail in link_mails()}
    assert sent == {
        ("nina@nova.example", str(second.uuid), ""),
        ("otto@ohm.example", str(fourth.uuid), "Otto Ohm"),
    }
    assert {mail.params["words"] for mail in link_mails()} == {"Have fun"}
    result = client.get(response["Location"]).content.decode()
    for shown in ("nina@nova.example", "otto@ohm.example", "2 of 4", "Queued", "every 2s"):
        assert shown in result
    assert not order.licenses.without_sent_link().exists()


def test_the_result_shows_the_state_of_each_mail_and_ends(
    as_: SignIn, ann: User, alice: User, order: Order
) -> None:
    client = as_(alice)
    address = confirm(client, order, check(client, order))["Location"]
    first, second = link_mails()
    Mail.objects.filter(pk=first.pk).update(state="done", sent_at=timezone.now())
    Mail.objects.filter(pk=second.pk).update(state="failed", reason="No such mailbox.")
    page = client.get(address).content.decode()
    for said in ("Sent", "Failed", "No such mailbox.", "1 could not be sent", "/mails/"):
        assert said in page
    assert "every 2s" not in page
    assert "/mails/" not in as_(ann).get(address).content.decode(), "the log is the admins'"
    assert order.licenses.without_sent_link().count() == 1, "it may go to another address"


def test_it_is_on_record_and_in_the_orders_history(as_: SignIn, ann: User, order: Order) -> None:
    client = as_(ann)
    confirm(client, order, check(client, order))
    event = AuditEvent.objects.get(verb="order.links_sent")
    assert (event.about, event.actor, event.changes) == (order.number, ann, {"licenses": 2})
    assert AuditEvent.objects.filter(verb="license.link_sent").count() == 2
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert "Activation links sent: 2 licenses" in page
    assert "Activation link to otto@ohm.example" in page


@pytest.mark.parametrize(
    ("line", "to"),
    [
        ("  nina@nova.example  ", ("nina@nova.example", "")),
        ("Nina Noß <nina@nova.example>", ("nina@nova.example", "Nina Noß")),
        ('"Noß, Nina" <nina@nova.example>;', ("nina@nova.example", "Noß, Nina")),
        ("nina@nova.example;Nina", ("nina@nova.example", "Nina")),
        ("Nina,nina@nova.example", ("nina@nova.example", "Nina")),
        ('"Nina"\t"nina@nova.example"', ("nina@nova.example", "Nina")),
        ("Nina;Noß;nina@nova.example;", ("nina@nova.example", "Nina Noß")),
        ("<nina@nova.example>", ("nina@nova.example", "")),
        ("Nina\u202e <nina@nova.example>", ("nina@nova.example", "Nina")),
    ],
)
def test_a_line_is_an_address_with_or_without_a_name(
    as_: SignIn, ann: User, order: Order, line: str, to: tuple[str, str]
) -> None:
    client = as_(ann)
    confirm(client, order, check(client, order, line))
    mail = link_mails().get()
    assert (mail.to, mail.params["name"]) == to


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nina", "There is no e-mail address in this line."),
        ("nina@", "Give one whole e-mail address"),
        ("nina@nova.example otto@ohm.example", "Give one whole e-mail address"),
        ("nina@nova.example;otto@ohm.example", "Give one whole e-mail address"),
        ("Nina <nina@nova.example> <x@x.example>", "Give one whole e-mail address"),
        ("Nina <nina@nova.example\x00>", "Type this anew"),
        (f"{'n' * 60}@{'x.' * 110}example", "longer than 254"),
        ("Pay at https://evil.example <nina@nova.example>", "Leave web addresses out"),
        (f"{'n' * 151} <nina@nova.example>", "longer than 150"),
        ("23456-23456-23456-23456-23456-23456 <n@nova.example>", "Leave activation codes"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_sent(
    as_: SignIn, ann: User, order: Order, line: str, said: str
) -> None:
    page = check(as_(ann), order, f"\nok@nova.example\n{line}\n", words="Kept")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    text = page.content.decode()
    assert said in text
    assert "anew" in said or [found[:3] for found in lines(page)] == ["3: "]
    assert "ok@nova.example" in text
    assert "Kept</textarea>" in text
    assert not link_mails().exists()


def test_wrong_lines_and_wrong_words_are_told_at_once(as_: SignIn, ann: User, order: Order) -> None:
    code = order.licenses.all()[0].activation_code
    page = check(as_(ann), order, "ok@nova.example\nnina", words=f"Yours: {code}")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert lines(page) == ["2: There is no e-mail address in this line."]
    assert "Leave activation codes, links and passwords out" in page.text
    assert not link_mails().exists()


def test_doubts_are_pointed_out_and_settled(as_: SignIn, ann: User, acme: Reseller) -> None:
    order, client = make_order(acme, quantity=5), as_(ann)
    to = Recipient("Nina@nova.example")
    first = order.licenses.all()[0]
    send_link(first.uuid, to, "", actor=ann, now=timezone.now())
    typed = "otto@ohm.example\nnina@NOVA.example\nOtto <OTTO@ohm.example>"
    page = check(client, order, typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    said = lines(page)
    assert said[0].startswith("2: A link of this order went there on")
    assert said[1] == "3: The same address as in line 1."
    page = check(client, order, typed, twice="on")
    assert page.status_code == HTTPStatus.OK
    confirm(client, order, page)
    assert link_mails().count() == 4
    assert Mail.objects.filter(about=str(first.uuid)).count() == 1, "it is promised already"


def test_more_addresses_than_licenses_are_too_many(as_: SignIn, ann: User, order: Order) -> None:
    send_link(
        order.licenses.all()[1].uuid, Recipient("a@b.example"), "", actor=ann, now=timezone.now()
    )
    page = check(as_(ann), order)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    said = page.content.decode()
    assert "The list has 2 addresses, and 1 of the order&#x27;s licenses can be sent." in said
    assert "1 more is available, but its link was sent to a customer already" in said


@pytest.mark.parametrize("typed", ["", " \n\t\n"])
def test_an_empty_list_is_none(as_: SignIn, ann: User, order: Order, typed: str) -> None:
    page = check(as_(ann), order, typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Paste at least one address." in page.content.decode()


def test_a_hundred_thousand_lines_get_a_message_and_no_long_wait(
    as_: SignIn, ann: User, order: Order
) -> None:
    client, began = as_(ann), monotonic()
    page = check(client, order, "\n".join(f"n{number}@x.example" for number in range(100_000)))
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The list has 100,000 lines; at most 500 can be sent at once." in page.content.decode()
    assert len(page.content) < 100_000, "no browser is made to show them all once more"
    longer = "\n".join(f"nina.number.{number}@customer.example" for number in range(100_000))
    page = check(client, order, longer)
    assert page.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "send less at once" in page.content.decode()
    assert monotonic() - began < 20


def test_the_companys_limit_is_said_before_anything_is_sent(
    as_: SignIn, ann: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    page = check(as_(ann), order)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "at most 1 links an hour. Send fewer at once." in page.content.decode()


def test_what_was_confirmed_is_what_is_sent(as_: SignIn, ann: User, order: Order) -> None:
    """A license that went to somebody else, or has a new code, is confirmed anew."""
    client = as_(ann)
    second = order.licenses.all()[1]
    page = check(client, order, "nina@nova.example")
    replace_code(second.uuid, actor=ann, now=timezone.now())
    again = confirm(client, order, page)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The licenses have changed since you looked." in again.content.decode()
    make_active(License.objects.get(pk=second.pk))
    third = confirm(client, order, again)
    assert "4 of 4" in third.content.decode()
    assert not link_mails().exists()
    assert confirm(client, order, third).status_code == HTTPStatus.SEE_OTHER


def test_a_confirmation_without_its_keys_is_asked_again(
    as_: SignIn, ann: User, order: Order
) -> None:
    client = as_(ann)
    page = confirm(client, order, check(client, order), key="x")
    assert page.status_code == HTTPStatus.OK
    assert "go out once you confirm" in page.content.decode()
    assert not link_mails().exists()


def test_the_list_can_be_changed_once_more(as_: SignIn, ann: User, order: Order) -> None:
    page = check(as_(ann), order, words="Kept", step="change").content.decode()
    assert "Otto Ohm &lt;otto@ohm.example&gt;" in page
    assert "Kept</textarea>" in page


def test_an_order_without_available_licenses_says_so(
    as_: SignIn, ann: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=1)
    make_active(order.licenses.get())
    page = as_(ann).get(url(order))
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No license of this order is available any more." in page.content.decode()
    shown = as_(ann).get(f"/orders/{order.number}/").content.decode()
    assert "Send Links: No license of this order is available any more." in shown


def test_once_every_link_was_sent_it_says_how_to_take_one_back(
    as_: SignIn, ann: User, order: Order
) -> None:
    client = as_(ann)
    confirm(client, order, check(client, order))
    page = client.get(url(order))
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The link of every available license was sent" in page.content.decode()


def test_bob_may_not_and_charlie_finds_nothing(
    as_: SignIn, ann: User, bob: User, charlie: User, order: Order
) -> None:
    client = as_(ann)
    result = confirm(client, order, check(client, order))["Location"]
    Mail.objects.all().delete()
    License.objects.update(link_sent_at=None)
    for user, status in ((bob, HTTPStatus.FORBIDDEN), (charlie, HTTPStatus.NOT_FOUND)):
        for address in (url(order), result):
            assert as_(user).get(address).status_code == status
        assert check(as_(user), order).status_code == status
    assert not link_mails().exists()
    assert client.get(f"{url(order)}{uuid4()}/").status_code == HTTPStatus.NOT_FOUND


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    as_: SignIn, ann: User, acme: Reseller
) -> None:
    client, counts = as_(ann), []
    for size in (2, 40):
        order = make_order(acme, quantity=size)
        typed = "\n".join(f"n{number}@nova.example" for number in range(size))
        with CaptureQueriesContext(connection) as captured:
            page = check(client, order, typed)
            address = confirm(client, order, page)["Location"]
            assert client.get(address).status_code == HTTPStatus.OK
        counts.append(len(captured))
    assert counts[0] == counts[1]
