"""Every page of the admin site, for every kind of person, in a constant number of queries."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activation.models import Activation, Customer
from billing.models import Account, BalanceEntry, Card, CardPayment, CardRefund, VendorDetails
from catalog.models import Price, Product
from exports.models import Export
from licenses.models import (
    AttemptOutcome,
    BulkChange,
    License,
    Notice,
    NoticeKind,
    Period,
    Renewal,
    RenewalAttempt,
)
from mailing.models import EmailText, Mail
from mailing.steps import queue_mail
from orders.models import Order, Refund
from people.actions import open_reseller
from people.models import Invitation
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.steps import record
from tests.billing.cards import make_card_rows
from tests.factories import (
    DistributionCompanyFactory,
    PriceFactory,
    UserFactory,
    make_active,
    make_entry,
    make_order,
)
from tests.licenses.renewing import make_tried
from tests.mailing.texts import own_text

MODELS: list[type[Model]] = [
    *(Reseller, User, DistributionCompany, AuditEvent, Invitation, Product, Price, Order),
    *(Account, BalanceEntry, VendorDetails, Refund),
    *(Card, CardPayment, CardRefund),
    *(License, Period, Notice, Renewal, RenewalAttempt, BulkChange),
    *(Customer, Activation, Mail, EmailText, Export),
]
INNARDS = r"bound method|functools\.|object at 0x|object \(\d+\)|__proxy__"
ADDED_BY_HAND = {DistributionCompany, Product, Price}
As = Callable[[User], Client]


def url(model: type[Model], page: str, *args: Any) -> str:
    """Return the address of a model's page."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def fill(sam: User, number: int) -> None:
    """Make a company with one row of everything."""
    values = (f"Company {number}", "EUR", "Europe/Berlin", "Ida", f"ida{number}@company.example")
    reseller = open_reseller(*values, actor=sam, now=timezone.now())
    user = UserFactory.create(reseller=reseller)
    order = make_order(reseller, user=user, quantity=2)
    license = make_active(order.licenses.all()[0])
    Notice.objects.create(
        reseller=reseller,
        license=license,
        period=0,
        kind=NoticeKind.ENDED,
        on=reseller.day_of(timezone.now()),
    )
    make_tried(license, AttemptOutcome.NOT_COVERED)
    DistributionCompanyFactory.create(reseller=reseller)
    PriceFactory.create(product=order.product)
    make_entry(reseller, actor=sam)
    Refund.objects.create(reseller=reseller, order=order, license=order.licenses.all()[1], amount=1)
    make_card_rows(reseller)
    VendorDetails.objects.get_or_create(name="Rampart", address="Quay 2")
    record("order.mail_resent", order.number, reseller=reseller, actor=user)
    own_text(reseller, "balance_low", "Low", "{balance}")
    Export.objects.create(reseller=reseller, by=user, kind="orders", query="")
    BulkChange.objects.create(
        reseller=reseller,
        by=user,
        verb="renew",
        chosen_from="renewals",
        key=uuid4(),
        amount=1,
        total=1,
    )
    queue_mail(
        "password_reset",
        key=f"mail {number}",
        to=user.email,
        about=order.number,
        reseller=reseller,
        actor=user,
    )


@pytest.fixture
def world(sam: User) -> None:
    """Two companies with one row of everything."""
    fill(sam, 1)
    fill(sam, 2)


def test_every_table_of_the_portal_is_there_and_nothing_else() -> None:
    assert set(admin.site._registry) == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_sam_sees_every_list_and_every_row(
    as_: As, sam: User, world: None, model: type[Model]
) -> None:
    client = as_(sam)
    page = client.get(url(model, "changelist"))
    assert page.status_code == 200
    rows = model._default_manager.all()
    assert page.context["cl"].result_count == rows.count() > 0
    assert not re.search(r"<a [^>]*></a>", page.content.decode()), "a link within a link"
    for answer in (page, *(client.get(url(model, "change", row.pk)) for row in rows[:2])):
        assert answer.status_code == 200
        assert not re.search(INNARDS, answer.text), "what is meant for programmers"


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_as_many_queries_however_long_it_is(
    as_: As, sam: User, world: None, model: type[Model]
) -> None:
    client = as_(sam)
    counts = []
    for number in (3, 4, 5):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url(model, "changelist"))
        counts.append(len(queries))
        fill(sam, number)
    assert counts[1:] == counts[:-1]
    assert counts[-1] <= 12


@pytest.mark.parametrize("model", MODELS)
def test_a_page_takes_few_queries(as_: As, sam: User, world: None, model: type[Model]) -> None:
    row = model._default_manager.all()[0]
    client = as_(sam)
    with CaptureQueriesContext(connection) as queries:
        client.get(url(model, "change", row.pk))
    assert len(queries) <= {Reseller: 32, License: 18}.get(model, 16)


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_added_by_hand_only_where_that_makes_sense(
    as_: As, sam: User, world: None, model: type[Model]
) -> None:
    expected = 200 if model in ADDED_BY_HAND else 403
    assert as_(sam).get(url(model, "add")).status_code == expected
    assert as_(sam).post(url(model, "add"), {}).status_code == expected


@pytest.mark.parametrize("model", MODELS)
def test_nothing_with_a_history_is_deleted(
    as_: As, sam: User, world: None, model: type[Model]
) -> None:
    row = model._default_manager.all()[0]
    for method in ("get", "post"):
        answer = getattr(as_(sam), method)(url(model, "delete", row.pk), {"post": "yes"})
        assert answer.status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    as_(sam).post(url(model, "changelist"), bulk)
    assert model._default_manager.filter(pk=row.pk).exists()


def every_path() -> list[str]:
    """Return an address of every page of the admin site, of each button too."""
    paths = [reverse("admin:app_list", args=["orders"])]
    for top in admin.site.urls[0]:
        for part in getattr(top, "url_patterns", [top]):
            if part.name and part.name not in {"login", "app_list"}:
                count = len(part.pattern.converters)
                paths.append(reverse(f"admin:{part.name}", args=[1] * count))
    return paths


def test_people_of_a_reseller_are_refused_everything(
    as_: As, alice: User, sam: User, world: None
) -> None:
    client, paths = as_(alice), every_path()
    assert len(paths) > 80
    for path in paths:
        for method in ("get", "post"):
            assert getattr(client, method)(path).status_code == 403, path


def test_strangers_are_led_to_the_one_sign_in(client: Client, sam: User, world: None) -> None:
    for path in every_path():
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) in {
                (302, "/admin/login/"),
                (302, "/admin/"),
            }, path
    assert client.get("/admin/login/?next=/admin/orders/order/").headers["Location"] == (
        "/accounts/login/?next=%2Fadmin%2Forders%2Forder%2F"
    )


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "\0", ""])
def test_the_way_to_sign_in_leads_back_only_here(client: Client, db: None, wanted: str) -> None:
    answer = client.get("/admin/login/", {"next": wanted})
    assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fadmin%2F")


def test_the_admin_site_has_no_password_or_logout_pages_of_its_own(as_: As, sam: User) -> None:
    client = as_(sam)
    assert client.get("/admin/login/").headers["Location"] == "/admin/"
    password = client.get("/admin/password_change/").headers["Location"]
    assert password == "/accounts/password/change/"
    assert client.post("/admin/logout/").headers["Location"] == "/accounts/login/"
    assert client.get("/admin/").status_code == 302


def test_staff_need_no_permissions_but_to_be_staff(as_: As, db: None) -> None:
    kim = User.objects.create_user("kim@vendor.example", "x", name="Kim", is_staff=True)
    client = as_(kim)
    assert b"Open a new reseller" in client.get("/admin/").content
    assert client.get(url(Order, "changelist")).status_code == 200
    assert client.get(url(Price, "add")).status_code == 200


def test_disabled_staff_are_out_at_once(as_: As, sam: User) -> None:
    client = as_(sam)
    User.objects.filter(pk=sam.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


ODD_QUERIES = [
    *({"q": term} for term in ("\0", "x" * 10_000, "%_'\"\\", "@", "9" * 40, "ABCDE-")),
    *({"of": "\0"}, {"of": "zzz"}, {"p": "9" * 20}, {"p": "-1"}, {"o": "1.2.3.x"}, {"all": ""}),
    *({"id__exact": "9" * 40}, {"id__exact": "x"}, {"state__exact": "\0"}, {"given_up": "x"}),
    *({"reseller__id__exact": "9" * 40}, {"password__startswith": "x"}, {"nonsense": "1"}),
]


@pytest.mark.parametrize("model", MODELS)
def test_no_query_of_a_list_is_an_error(
    as_: As, sam: User, world: None, model: type[Model]
) -> None:
    client, path = as_(sam), url(model, "changelist")
    for query in ODD_QUERIES:
        assert client.get(path, query).status_code in {200, 302, 400}, query


@pytest.mark.parametrize("model", MODELS)
def test_a_row_that_is_none_leads_to_the_start(as_: As, sam: User, model: type[Model]) -> None:
    client, path = as_(sam), url(model, "changelist")
    for key in ("0", "x", "%00", "9" * 40, "%ff", "1_0a"):
        for page in ("change", "history", "delete"):
            assert client.get(f"{path}{key}/{page}/").status_code in {302, 403, 404}


@pytest.mark.parametrize("term", ["\0", "", "comp", "x" * 5000])
def test_autocomplete_answers_whatever_is_typed(as_: As, sam: User, world: None, term: str) -> None:
    query = {
        "term": term,
        "app_label": "resellers",
        "model_name": "distributioncompany",
        "field_name": "reseller",
    }
    assert as_(sam).get("/admin/autocomplete/", query).status_code == 200


@pytest.mark.parametrize("reseller", ["x", "9" * 40, "", "0"])
def test_a_choice_that_is_none_is_a_message(as_: As, sam: User, reseller: str) -> None:
    values = {"reseller": reseller, "name": "Partner"}
    page = as_(sam).post(url(DistributionCompany, "add"), values)
    assert (page.status_code, b"errornote" in page.content) == (200, True)
