"""The mail log: what went to whom, how far it is, and sending it again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailing.actions import resend
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_order

As = Callable[[User], Client]
LIST = "/mails/"


def make_mail(reseller: Reseller, **fields: object) -> Mail:
    """Return a mail that went out yesterday, unless asked otherwise."""
    yesterday = timezone.now() - timedelta(days=1)
    values: dict[str, object] = {
        "kind": "order_confirmation",
        "to": "ann@acme.example",
        "about": "1234567890",
        "state": "done",
        "attempts": 1,
        "queued_at": yesterday,
        "sent_at": yesterday,
        "key": f"test/{Mail.objects.count()}",
    }
    if fields.get("state", "done") != "done":
        values["sent_at"] = None
    return Mail.objects.create(reseller=reseller, **{**values, **fields})


def shown(client: Client, **query: str) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [line.mail.key for line in page.context["rows"]]


def test_the_list_names_every_mail_of_the_company(
    as_: As, alice: User, acme: Reseller, globex: Reseller
) -> None:
    order = make_order(acme)
    make_mail(acme, key="ours", about=order.number)
    make_mail(acme, key="bad", state="failed", reason="No such mailbox", attempts=3)
    make_mail(globex, key="theirs", to="charlie@globex.example")
    page = as_(alice).get(LIST)
    assert [line.mail.key for line in page.context["rows"]] == ["bad", "ours"]
    assert f"Order {order.number}" in page.text
    assert "No such mailbox" in page.text
    assert "charlie@globex.example" not in page.text


def test_kinds_of_mail_to_the_vendors_staff_are_not_offered(as_: As, alice: User) -> None:
    page = as_(alice).get("/mails/").text
    assert "Order confirmation" in page
    assert "Broken invariants" not in page
    assert "Card money for staff" not in page


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"to": "BOB"}, ["bob"]),
        ({"kind": "license_activated"}, ["bob"]),
        ({"state": "stuck"}, ["old"]),
        ({"about": "1111111111"}, ["bob"]),
        ({"date_from": ""}, ["bob", "ann", "old"]),
        ({"state": "not_sent"}, ["old"]),
        ({}, ["bob", "ann"]),
    ],
)
def test_filters_narrow_the_list(
    as_: As, alice: User, acme: Reseller, query: dict[str, str], keys: list[str]
) -> None:
    before = timezone.now() - timedelta(days=60)
    make_mail(acme, key="old", state="stuck", queued_at=before)
    make_mail(acme, key="ann")
    make_mail(acme, key="bob", to="Bob@x.example", kind="license_activated", about="1111111111")
    assert shown(as_(alice), **query) == keys


def test_a_wrong_filter_is_told_at_its_field(as_: As, alice: User) -> None:
    page = as_(alice).get(LIST, {"state": "x", "date_from": "2026-02-30"})
    assert page.status_code == 200
    assert {"state", "date_from"} <= set(page.context["form"].errors)


def test_a_failed_mail_is_tried_again(as_: As, alice: User, acme: Reseller) -> None:
    mail = make_mail(acme, state="failed", attempts=5)
    assert "Resend" in as_(alice).get(LIST).text
    assert as_(alice).post(f"{LIST}{mail.pk}/resend/").status_code == 303
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert AuditEvent.objects.get().verb == "mail.retried"
    assert as_(alice).post(f"{LIST}{mail.pk}/resend/").status_code == 422


def test_a_mail_that_went_out_is_sent_once_more_and_not_at_once_again(
    as_: As, alice: User, acme: Reseller
) -> None:
    mail = make_mail(acme)
    client = as_(alice)
    assert client.post(f"{LIST}{mail.pk}/resend/").status_code == 303
    copy = Mail.objects.exclude(pk=mail.pk).get()
    assert (copy.to, copy.kind, copy.state) == (mail.to, mail.kind, "queued")
    for which in (mail, copy):
        page = client.post(f"{LIST}{which.pk}/resend/")
        assert (page.status_code, Mail.objects.count()) == (422, 2)
    Mail.objects.filter(pk=copy.pk).update(state="done", sent_at=timezone.now())
    page = client.get(f"{LIST}{mail.pk}/resend/")
    assert "can be sent again in 5 minutes" in page.text


def test_the_action_asks_again_and_staff_are_not_limited(
    alice: User, sam: User, acme: Reseller
) -> None:
    now = timezone.now()
    mail = make_mail(acme, queued_at=now, sent_at=now)
    with pytest.raises(Refusal, match="not 5 minutes old"):
        resend(mail.pk, actor=alice, now=now)
    assert resend(mail.pk, actor=sam, now=now).pk != mail.pk


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "password_reset"}, "asked for anew"),
        ({"kind": "sign_in_changed"}, "one moment"),
        ({"kind": "invitation"}, "under Users"),
        ({"kind": "long_forgotten"}, "not written any more"),
        ({"state": "queued"}, "still waits"),
        ({"state": "dropped", "reason": "The data were erased."}, "data were erased"),
    ],
)
def test_what_is_not_sent_again_says_why(
    as_: As, alice: User, acme: Reseller, fields: dict[str, str], sentence: str
) -> None:
    mail = make_mail(acme, **fields)
    assert f"/mails/{mail.pk}/resend/" not in as_(alice).get(LIST).text
    assert sentence in as_(alice).get(f"{LIST}{mail.pk}/resend/").text
    assert as_(alice).post(f"{LIST}{mail.pk}/resend/").status_code == 422
    assert Mail.objects.count() == 1


def test_what_lost_its_reader_says_that_it_was_not_sent_and_why(
    as_: As, alice: User, acme: Reseller
) -> None:
    make_mail(acme, state="dropped", reason="Bob is not told any more.")
    text = re.sub(r"<[^>]*>", " ", as_(alice).get(LIST).text)
    assert "Not sent Bob is not told any more." in " ".join(text.split())


def test_a_strangers_mail_is_like_none(as_: As, charlie: User, acme: Reseller) -> None:
    mail = make_mail(acme, state="failed")
    client = as_(charlie)
    theirs, none = (client.get(f"{LIST}{pk}/resend/") for pk in (mail.pk, 2**70))
    assert (theirs.status_code, theirs.content) == (404, none.content)
    assert client.post(f"{LIST}{mail.pk}/resend/").status_code == 404
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_the_list_asks_as_much_for_many_as_for_few(as_: As, alice: User, acme: Reseller) -> None:
    client, counts = as_(alice), []
    for _ in range(2):
        license = make_order(acme, quantity=1).licenses.get()
        make_mail(acme, about=str(license.uuid), actor=alice)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"page_size": "100"})
        counts.append(len(queries))
        for _more in range(40):
            make_mail(acme, about=make_order(acme).number)
    assert counts[0] == counts[1]
