"""Who did what: the list, its filters and its file, for admins only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exports.models import Export
from exports.tasks import write
from resellers.models import AuditEvent, Reseller, User
from resellers.steps import record
from tests.factories import DistributionCompanyFactory, make_active, make_order

As = Callable[[User], Client]
LIST = "/activity/"
SOLD = "Placed: 1 license, EUR\N{NO-BREAK SPACE}120.00"


@pytest.fixture
def deeds(acme: Reseller, alice: User, ann: User, sam: User, globex: Reseller) -> None:
    """Alice, Ann, Sam and a customer did something; long ago and at Globex, too."""
    order = make_order(acme, quantity=1, number="1234567890")
    license = make_active(order.licenses.get())
    about = str(license.uuid)
    record("order.placed", order.number, reseller=acme, actor=ann, quantity=1, amount="120.00")
    record("license.activated", about, reseller=acme, actor=None, customer="Customer Ltd")
    record(
        "user.role_changed",
        f"user:{ann.pk}",
        reseller=acme,
        actor=alice,
        was="viewer",
        role="agent",
    )
    record("account.parked", f"account:{acme.account.pk}", reseller=acme, actor=sam, because="Odd")
    old = record("order.placed", "1234567891", reseller=acme, actor=ann, quantity=1, amount="1.00")
    AuditEvent.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=40))
    record("order.placed", "9999999999", reseller=globex, actor=None, quantity=1, amount="1.00")


def words(client: Client, **query: str) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [deed.words for deed in page.context["rows"]]


def test_the_list_says_who_did_what(as_: As, alice: User, deeds: None) -> None:
    page = as_(alice).get(LIST)
    shown = [(deed.by, deed.words, deed.about.text) for deed in page.context["rows"]]
    assert shown[0] == ("Sam Staff (vendor)", "Account parked by the vendor", "Balance")
    assert shown[1] == ("Alice Arnold", "Role changed from Viewer to Agent", "Ann Ackermann")
    assert shown[2][:2] == ("automatic, or a customer", "Activated for Customer Ltd")
    assert shown[3] == ("Ann Ackermann", SOLD, "Order 1234567890")
    assert len(shown) == 4
    assert "Odd" not in page.text
    assert "9999999999" not in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"date_from": ""}, 5),
        ({"person": "vendor"}, 1),
        ({"person": "automatic"}, 1),
        ({"thing": "order"}, 2),
        ({"thing": "license", "date_from": ""}, 1),
        ({"about": "1234567890"}, 1),
        ({"about": "nothing"}, 0),
        ({"date_to": "2000-01-01"}, 0),
    ],
)
def test_filters_narrow_the_list(
    as_: As, alice: User, deeds: None, query: dict[str, str], count: int
) -> None:
    assert len(words(as_(alice), **query)) == count


def test_one_person_and_chips(as_: As, alice: User, ann: User, deeds: None) -> None:
    page = as_(alice).get(LIST, {"person": str(ann.pk), "thing": "order"})
    assert len(page.context["rows"]) == 2
    labels = [chip.label for chip in page.context["chips"]]
    assert labels == ["Person: Ann Ackermann", "Kind of thing: Order"]


@pytest.mark.parametrize("person", ["x", "0", "\0"])
def test_a_wrong_person_is_told_at_its_field(
    as_: As, alice: User, charlie: User, person: str
) -> None:
    for typed in (person, str(charlie.pk)):
        page = as_(alice).get(LIST, {"person": typed})
        assert (page.status_code, "person" in page.context["form"].errors) == (200, True)


def test_the_list_asks_as_much_for_many_as_for_few(
    as_: As, alice: User, acme: Reseller, deeds: None
) -> None:
    client, counts = as_(alice), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"page_size": "100", "date_from": ""})
        counts.append(len(queries))
        for _more in range(30):
            company = DistributionCompanyFactory.create(reseller=acme)
            license = make_order(acme, quantity=1).licenses.get()
            about = f"distributioncompany:{company.pk}"
            record("distribution_company.retired", about, reseller=acme, actor=alice)
            record("license.activated", str(license.uuid), reseller=acme, actor=None, customer="C")
    assert counts[1] <= counts[0] + 1  # the one that names distribution companies


@pytest.mark.django_db(transaction=True)
def test_the_file_holds_what_sentences_name_and_no_formula(
    as_: As, alice: User, acme: Reseller, sam: User
) -> None:
    record("account.parked", "account:1", reseller=acme, actor=sam, because="Odd")
    record("license.activated", "x", reseller=acme, actor=None, customer="=1+1", terms_version="v")
    record("license.billing_state_changed", "y", reseller=acme, actor=alice, recurrent=True)
    answer = as_(alice).post("/exports/activity/?sort=date")
    assert answer.status_code == 303
    export = Export.objects.get()
    write(export.pk)
    file = b"".join(as_(alice).get(f"/exports/{export.uuid}/download/")).decode("utf-8-sig")
    lines = [line.split(",", 1)[1] for line in file.split("\r\n")[1:-1]]
    assert lines[:3] == [
        "Sam Staff,sam@vendor.example,Account parked by the vendor,account:1,,",
        ",,Activated,x,customer: =1+1,",
        "Alice Arnold,alice@acme.example,Auto-renew changed,y,recurrent: true,",
    ]
    assert "Odd" not in file


@pytest.mark.django_db(transaction=True)
def test_neither_the_count_nor_the_file_knows_other_companies(
    as_: As, alice: User, deeds: None
) -> None:
    assert as_(alice).get(LIST).context["count"] == "4"
    as_(alice).post("/exports/activity/")
    export: Any = Export.objects.get()
    write(export.pk)
    text = b"".join(as_(alice).get(f"/exports/{export.uuid}/download/")).decode()
    assert "1234567890" in text
    assert "9999999999" not in text


@pytest.mark.django_db(transaction=True)
def test_no_cell_of_the_file_is_a_formula(as_: As, alice: User, acme: Reseller) -> None:
    alice.name = "=cmd()"
    alice.save()
    record("order.placed", "=1", reseller=acme, actor=alice, quantity=1, amount="1.00")
    as_(alice).post("/exports/activity/")
    export: Any = Export.objects.get()
    write(export.pk)
    text = b"".join(as_(alice).get(f"/exports/{export.uuid}/download/")).decode()
    assert ",'=cmd()," in text
    assert ",'=1," in text


def test_its_files_are_for_admins_only(as_: As, alice: User, ann: User) -> None:
    as_(alice).post("/exports/activity/")
    export = Export.objects.get()
    assert as_(ann).post("/exports/activity/").status_code == 403
    assert as_(ann).get(f"/exports/{export.uuid}/").status_code == 403
    assert str(export.uuid) not in as_(ann).get("/exports/").text
