"""The link of a license goes to a customer by mail: once, to whom it was meant, within limits."""

import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activation import limits
from licenses.actions import replace_code
from licenses.models import License
from mailing.models import Mail
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]
TO = "nina@nova.example"
LINK_MAILS = Mail.objects.filter(kind="activation_link")


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme, of an order of three."""
    return make_order(acme, quantity=3).licenses.all()[0]


def url(license: License) -> str:
    return f"/licenses/{license.uuid}/send-link/"


def send(client: Client, license: License, to: str = TO, **more: Any) -> Any:
    """Open the dialog and submit it, as a person does."""
    options = {"headers": more.pop("headers")} if "headers" in more else {}
    shown = client.get(url(license)).context
    keys = {"key": shown["key"], "seen": shown["seen"]}
    return client.post(url(license), {"email": to, **keys, **more}, **options)


def test_ann_sends_the_link_with_her_own_words(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    response = send(client, license, name="Nina", words="Thank you!\r\nAnn")
    assert response.status_code == HTTPStatus.SEE_OTHER
    mail = LINK_MAILS.get()
    assert (mail.to, mail.about, mail.actor) == (TO, str(license.uuid), ann)
    assert mail.params == {"code": 1, "name": "Nina", "words": "Thank you!\nAnn"}
    page = client.get(response["Location"]).content.decode()
    assert f"The link of license {license} is on its way to {TO}." in page
    assert "Link sent " in page


def test_it_is_in_every_history_and_on_the_mail_log_and_on_record(
    as_: SignIn, ann: User, alice: User, license: License
) -> None:
    send(as_(ann), license)
    client = as_(alice)
    said = f"Activation link to {TO}"
    assert said in client.get(f"/licenses/{license.uuid}/activation-link/").content.decode()
    order = client.get(f"/orders/{license.order.number}/").content.decode()
    assert f"{said}, license {license}" in order
    log = client.get("/mails/").content.decode()
    assert TO in log
    assert f"License {license}" in log
    make_active(license)
    assert said in client.get(f"/activations/{license.uuid}/").content.decode()
    event = AuditEvent.objects.get(verb="license.link_sent")
    assert (event.about, event.actor, event.changes) == (str(license.uuid), ann, {})
    assert "Activation link sent" in client.get(reverse("settings:activity")).content.decode()


def test_no_row_and_no_record_holds_the_code(as_: SignIn, ann: User, license: License) -> None:
    send(as_(ann), license, words="Hello")
    mail, code = LINK_MAILS.get(), license.activation_code
    assert code not in f"{mail.key} {mail.params} {mail.about}"
    assert code not in str(list(AuditEvent.objects.values()))


def test_a_double_click_sends_one_mail(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    form = {"email": TO, "key": uuid4(), "seen": 0}
    answers = [client.post(url(license), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 2
    assert LINK_MAILS.count() == AuditEvent.objects.count() == 1


def test_the_dialogs_warn_once_it_was_sent(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    for page in ("send-link", "activation-link", "activate"):
        assert "notice warn" not in client.get(f"/licenses/{license.uuid}/{page}/").text
    send(client, license)
    assert f"This link was sent to {TO} on" in client.get(url(license)).text
    for page in ("activation-link", "activate"):
        said = client.get(f"/licenses/{license.uuid}/{page}/").text
        assert "The link of this license was sent to a customer on" in said


def test_who_did_not_see_that_it_was_sent_is_asked_again(
    as_: SignIn, ann: User, alice: User, license: License
) -> None:
    before = as_(ann).get(url(license)).context
    send(as_(alice), license)
    form = {"email": "otto@other.example", "key": before["key"], "seen": before["seen"]}
    response = as_(ann).post(url(license), form)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = response.content.decode()
    assert "The link was sent since you opened this." in page
    assert f"This link was sent to {TO} on" in page
    assert "otto@other.example" in page
    assert LINK_MAILS.count() == 1
    assert send(as_(ann), license, "otto@other.example").status_code == HTTPStatus.SEE_OTHER


def test_who_saw_another_code_is_asked_again(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    page = client.get(url(license)).text
    [number] = re.findall(r'name="number" value="(\d+)"', page)
    replace_code(license.uuid, actor=ann, now=timezone.now())
    answer = send(client, license, seen="0", number=number)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The code was replaced since you opened this" in answer.text
    license.refresh_from_db()
    assert f"…-{license.activation_code[-5:]}" in answer.text
    assert not LINK_MAILS.exists()
    [number] = re.findall(r'name="number" value="(\d+)"', answer.text)
    assert send(client, license, number=number).status_code == HTTPStatus.SEE_OTHER


def test_a_mail_that_failed_is_no_sent_link(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    send(client, license, "wrong@nova.example")
    LINK_MAILS.update(state="failed", reason="No such mailbox.")
    keys = client.get(f"/orders/{license.order.number}/license-keys/").text
    assert "Link could not be sent" in keys
    assert "did not get there: No such mailbox." in client.get(url(license)).text
    order = license.order.licenses
    assert set(order.without_sent_link()) == set(order.all())
    assert send(client, license).status_code == HTTPStatus.SEE_OTHER
    assert license not in order.without_sent_link()


def test_licenses_are_found_by_whether_their_link_was_sent(
    as_: SignIn, ann: User, acme: Reseller
) -> None:
    order, client = make_order(acme, quantity=12), as_(ann)
    used, sent, failed, *others = order.licenses.all()
    make_active(used)
    for license in (sent, failed):
        send(client, license)
    LINK_MAILS.filter(about=str(failed.uuid)).update(state="failed", reason="No such mailbox.")
    address = f"/orders/{order.number}/license-keys/"

    def found(link: str) -> list[License]:
        return list(client.get(address, {"link": link}).context["rows"])

    assert found("sent") == [sent]
    assert found("unsent") == [failed, *others]
    assert len(found("")) == 12
    assert "Choose one of the list." in client.get(address, {"link": "x"}).content.decode()


def test_the_dialog_with_an_orders_codes_says_whose_link_was_sent(
    as_: SignIn, ann: User, license: License
) -> None:
    client, address = as_(ann), f"/orders/{license.order.number}/activation-codes/"
    assert "Link sent" not in client.get(address).content.decode()
    send(client, license)
    assert client.get(address).content.decode().count("Link sent") == 1


def test_with_a_new_code_nothing_is_sent_yet(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    send(client, license)
    replace_code(license.uuid, actor=ann, now=timezone.now())
    keys = client.get(f"/orders/{license.order.number}/license-keys/").text
    assert "Link sent" not in keys
    assert "notice warn" not in client.get(url(license)).text
    assert send(client, license).status_code == HTTPStatus.SEE_OTHER
    assert [mail.params["code"] for mail in LINK_MAILS.order_by("pk")] == [1, 2]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Give an e-mail address."),
        ({"email": "nina"}, "Give a whole e-mail address"),
        ({"email": "nina@nova.example\nBcc: all@x.example"}, "Give a whole e-mail address"),
        ({"email": f"{'n' * 250}@x.example"}, "at most 254"),
        ({"words": "x" * 1001}, "at most 1000"),
        ({"words": "Use 23456-23456-23456-23456-23456-23456 now"}, "Leave activation codes"),
        ({"words": "https://x.example/activate/2345"}, "Leave activation codes"),
        ({"name": "23456-23456-23456-23456-23456-23456"}, "Leave activation codes"),
        ({"name": "n" * 151}, "at most 150"),
        ({"key": "x"}, "Open this page anew"),
        ({"seen": "-1"}, "Give 0 or more"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    as_: SignIn, ann: User, license: License, typed: dict[str, str], said: str
) -> None:
    form = {"email": TO, "name": "Nina", "words": "Kept words", **typed}
    response = as_(ann).post(url(license), form)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = response.content.decode()
    assert said in page
    assert "words" in typed or "Kept words</textarea>" in page
    assert not LINK_MAILS.exists()


def test_of_words_only_what_is_printed_is_kept(as_: SignIn, ann: User, license: License) -> None:
    words = " Hello\u202e\x07 <b>you</b>\u2028next\x1b[31m "
    send(as_(ann), license, words=words, name="Nina")
    assert LINK_MAILS.get().params == {
        "code": 1,
        "name": "Nina",
        "words": "Hello <b>you</b>\nnext[31m",
    }


def test_used_and_cancelled_licenses_have_no_link_to_send(
    as_: SignIn, ann: User, acme: Reseller, license: License
) -> None:
    used = make_active(license)
    cancelled = make_cancelled(make_order(acme, quantity=1).licenses.get())
    for dead, said in ((used, "Used since"), (cancelled, "its link no longer works")):
        assert said in as_(ann).get(url(dead)).text
        response = as_(ann).post(url(dead), {"email": TO})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in response.content.decode()
    assert not LINK_MAILS.exists()


def test_bob_may_not_and_charlie_finds_nothing(
    as_: SignIn, bob: User, charlie: User, license: License
) -> None:
    for user, status in ((bob, HTTPStatus.FORBIDDEN), (charlie, HTTPStatus.NOT_FOUND)):
        assert as_(user).get(url(license)).status_code == status
        assert as_(user).post(url(license), {"email": TO}).status_code == status
    assert not LINK_MAILS.exists()


def test_the_same_address_waits_five_minutes(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    send(client, license)
    response = send(client, license, TO.upper())
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "It can be sent again in 5 minutes." in response.content.decode()
    LINK_MAILS.update(queued_at=timezone.now() - timedelta(minutes=5))
    assert send(client, license).status_code == HTTPStatus.SEE_OTHER


def test_a_company_sends_so_many_links_an_hour(
    as_: SignIn, ann: User, charlie: User, license: License, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 2)
    client = as_(ann)
    for number in range(2):
        assert send(client, license, f"n{number}@nova.example").status_code == HTTPStatus.SEE_OTHER
    first = LINK_MAILS.order_by("pk")[0]
    Mail.objects.filter(pk=first.pk).update(queued_at=timezone.now() - timedelta(minutes=20))
    response = send(client, license, "n3@nova.example")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    said = "at most 2 links an hour, and yours sent 2 in the last one. It can send these in 40 min"
    assert said in response.content.decode()
    assert charlie.reseller
    theirs = make_order(charlie.reseller, quantity=1).licenses.get()
    assert send(as_(charlie), theirs).status_code == HTTPStatus.SEE_OTHER
    Mail.objects.filter(pk=first.pk).update(queued_at=timezone.now() - timedelta(minutes=60))
    assert send(client, license, "n3@nova.example").status_code == HTTPStatus.SEE_OTHER


def test_the_row_is_shown_anew_where_it_was_done(as_: SignIn, ann: User, license: License) -> None:
    response = send(as_(ann), license, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert f'id="license-{license.uuid}"' in page
    assert "Link sent" in page


def test_a_long_history_costs_as_much_as_a_short_one(
    as_: SignIn, ann: User, license: License
) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == HTTPStatus.OK
        return len(captured)

    client = as_(ann)
    keys = f"/orders/{license.order.number}/license-keys/"
    addresses = (keys, url(license), f"/licenses/{license.uuid}/activation-link/")
    before = [asked(address) for address in addresses]
    for other in license.order.licenses.all():
        for number in range(8):
            send(client, other, f"n{number}@nova.example")
    assert [asked(address) for address in addresses] == [before[0], before[1] + 1, before[2]]
