"""What a stranger is told about Acme's things: the same as about things that do not exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote_plus, urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg2.sql import SQL, Identifier

from activation.models import Customer
from billing.models import Card
from desk.verify.tenancy import tenant_relations
from exports.models import Export, ExportState
from licenses.codes import new_activation_code
from orders.models import Order
from people.models import Device
from resellers.models import Reseller, User
from resellers.roles import Role
from tests.billing.cards import make_card_rows
from tests.desk.seeding import fetched
from tests.factories import DistributionCompanyFactory, UserFactory, make_active, make_order
from tests.gateway import Gateway
from tests.orders.shop import open_shop
from tests.project.test_url_table import TABLE, World, world

__all__ = ["world"]

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
MISSING_NUMBER, MISSING_ID = "1000000000", "1999999999"

# Each thing that an address may name, and what names none of the same kind.
MISSING = {
    "number": MISSING_NUMBER,
    **dict.fromkeys(["partner", "colleague", "invitation", "mail", "device"], MISSING_ID),
    **dict.fromkeys(
        ["available", "active", "customer", "bulk_change", "payment", "card", "export", "sending"],
        str(uuid4()),
    ),
}
# Codes are for whoever holds them; months, kinds of lists and keys of mails belong to nobody.
NOBODYS = {"code", "month", "wrong_key", "nothing", "nobody"} | {
    name for name in World.__annotations__ if name.endswith("_kind")
}
# The table has no payments by card and no exports: here there are.
ALSO = {
    ("billing:payment", ("payment",)),
    ("billing:make_default", ("card",)),
    ("billing:remove_card", ("card",)),
    ("exports:show", ("export",)),
    ("exports:download", ("export",)),
    ("orders:sent_links", ("number", "sending")),
    ("settings:end_device", ("device",)),
}
ADDRESSES = sorted(ALSO | {(row.name, row.args) for row in TABLE if set(row.args) & {*MISSING}})


@dataclass
class Things:
    """What Acme has, by the name that addresses have for it."""

    ids: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


@pytest.fixture
def things(world: World, gateway: Gateway, acme: Reseller, alice: User) -> Things:
    """One of everything."""
    payment = make_card_rows(acme)
    export = Export.objects.create(
        reseller=acme,
        by=alice,
        kind="orders",
        state=ExportState.DONE,
        total=1,
        rows=1,
        size=1,
        file="acme.csv",
        finished_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    device = Device.objects.create(user=alice, session_key="acmes")
    return Things(
        {
            **{name: str(value) for name, value in vars(world).items()},
            "payment": str(payment.uuid),
            "card": str(payment.card.uuid),
            "export": str(export.uuid),
            "sending": str(uuid4()),
            "device": str(device.pk),
        }
    )


@pytest.fixture(params=[Role.ADMIN, Role.AGENT, Role.VIEWER])
def stranger(request: pytest.FixtureRequest, globex: Reseller) -> Client:
    """Somebody of Globex."""
    return at_globex(globex, request.param)


def at_globex(globex: Reseller, role: Role = Role.ADMIN) -> Client:
    """Return the browser of somebody there."""
    client = Client()
    client.force_login(UserFactory.create(reseller=globex, role=role))
    return client


def tenant_tables() -> set[str]:
    return {field.model._meta.db_table for field in tenant_relations()}


def rows_of(reseller: Reseller) -> dict[str, list[str]]:
    """Return every row that a company has, as text."""
    query = SQL("SELECT row::text FROM {} AS row WHERE reseller_id = %(of)s ORDER BY 1")
    return {
        table: [row for (row,) in fetched(query.format(Identifier(table)), of=reseller.pk)]
        for table in sorted(tenant_tables())
    }


KEPT = {"X-Request-ID", "Set-Cookie", "Content-Length", "Expires", "Last-Modified"}
ONCE = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def told(answer: Any, typed: str) -> tuple[int, dict[str, str], list[str]]:
    """Return all of an answer but what differs at each request, and what was typed."""
    text = "" if answer.streaming else answer.content.decode()

    def bare(said: str) -> str:
        return ONCE.sub("…", unquote_plus(unescape(said)).replace(typed, "typed"))

    kept = {name: bare(value) for name, value in answer.headers.items() if name not in KEPT}
    return answer.status_code, kept, bare(text).splitlines()


def asked(client: Client, address: str, data: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Ask an address in every way, and yield the way and what is told."""
    for method in METHODS:
        ask = getattr(client, method)
        sent = () if method == "trace" else (data,)
        yield method, told(ask(address, *sent), address)
    htmx = {"HX-Request": "true"}
    yield "get, in place", told(client.get(address, headers=htmx), address)
    yield "post, in place", told(client.post(address, data, headers=htmx), address)


def test_every_name_in_an_address_is_somebodys_or_nobodys() -> None:
    assert {arg for row in TABLE for arg in row.args} <= {*MISSING} | NOBODYS


def test_a_strangers_thing_is_like_none_whatever_is_asked(
    stranger: Client, things: Things, acme: Reseller
) -> None:
    before = rows_of(acme)
    for name, args in ADDRESSES:
        data = next((dict(row.data) for row in TABLE if row.name == name and row.data), {})
        theirs = reverse(name, args=[things[arg] for arg in args])
        none = reverse(name, args=[MISSING.get(arg, things[arg]) for arg in args])
        pairs = zip(asked(stranger, theirs, data), asked(stranger, none, data), strict=True)
        for (method, of_theirs), (_, of_none) in pairs:
            assert of_theirs == of_none, (name, method)
            assert of_theirs[0] in {403, 404, 405}, (name, method)
    assert rows_of(acme) == before


@dataclass(frozen=True)
class Asking:
    """A request whose field may name a thing, in one of the ways that people write it."""

    method: str
    address: str
    field: str
    thing: str
    rest: tuple[tuple[str, str], ...] = ()

    def sent_by(self, client: Client, value: str) -> tuple[int, dict[str, str], list[str]]:
        """Return what is told, without the value that was typed."""
        data = {**dict(self.rest), self.field: value}
        if self.address.endswith("?"):
            return told(client.post(f"{self.address}{urlencode(data)}", follow=True), value)
        return told(getattr(client, self.method)(self.address, data, follow=True), value)


def asking(method: str, address: str, field: str, *things: str, **rest: str) -> list[Asking]:
    return [Asking(method, address, field, thing, tuple(rest.items())) for thing in things]


FOUND_BY = ("number", "code", "available", "email", "company", "reference")
ALL_DAYS = {"date_from": "", "date_to": ""}
BUY = {"product": "guard", "term": "12", "quantity": "1", "payment_type": "balance"}
ASKINGS = [
    *asking("get", "/search/", "q", *FOUND_BY),
    *asking("get", "/orders/", "search", "code", "email", **ALL_DAYS),
    *asking("get", "/orders/", "order_number", "number", **ALL_DAYS),
    *asking("get", "/orders/", "reference", "reference", **ALL_DAYS),
    *asking("get", "/orders/", "distribution_company", "partner", **ALL_DAYS),
    *asking("get", "/orders/", "user", "person", **ALL_DAYS),
    *asking("get", "/orders/", "open", "number", **ALL_DAYS),
    *asking("get", "/activations/", "order_number", "number", **ALL_DAYS),
    *asking("get", "/activations/", "customer", "email", "company", **ALL_DAYS),
    *asking("get", "/customers/", "search", "email", "company"),
    *asking("get", "/renewals/", "order_number", "soon", show="ending"),
    *asking("get", "/renewals/", "customer", "email", "company", show="ending"),
    *asking("get", "/mails/", "about", "about"),
    *asking("get", "/activity/", "person", "person", **ALL_DAYS),
    *asking("get", "/orders/buy/", "distribution_company", "partner"),
    *asking("post", "/orders/buy/", "distribution_company", "partner", **BUY),
    *asking("post", "/orders/buy/", "card", "card_key", **{**BUY, "payment_type": "card"}),
    *asking("post", "/balance/deposit/", "card", "card_key", amount="10"),
    *asking("post", "/settings/company/", "distribution_company", "partner", name="Globex"),
    *asking("get", "/renewals/bulk-change/", "license", "active", do="renew"),
    *asking("post", "/renewals/bulk-change/?", "license", "active", do="renew"),
    *asking("get", "/activations/bulk-change/", "license", "active", do="renew"),
    *asking("get", "/renewals/billing-state/", "license", "active", recurrent="false"),
    *asking("post", "/renewals/billing-state/?", "license", "active", recurrent="false"),
    *asking("post", "/exports/orders/?", "distribution_company", "partner", **ALL_DAYS),
]


@pytest.fixture
def named(things: Things, acme: Reseller) -> Things:
    """Acme's things, with ways to name them that cannot stand in a page by chance."""
    partner = DistributionCompanyFactory.create(pk=1888888888, reseller=acme, name="Hidden Delta")
    customer = Customer.objects.for_reseller(acme).get(uuid=things["customer"])
    kind = {"brand": "visa", "last4": "4242", "expires_on": date(2099, 12, 31)}
    card = Card.objects.create(pk=1777777777, reseller=acme, token="pm_hidden", **kind)
    soon = make_order(acme, quantity=1)
    in_a_week = acme.day_of(timezone.now()) + timedelta(days=7)
    make_active(soon.licenses.get(), customer=customer, ends_on=in_a_week)
    who = UserFactory.create(pk=1666666666, reseller=acme)
    Order.objects.for_reseller(acme).update(reference="Acme's own 4711")
    more = {
        "email": customer.email,
        "company": customer.company,
        "about": "1234567890",
        "reference": "Acme's own 4711",
    }
    return Things(
        {
            **things.ids,
            **more,
            "person": str(who.pk),
            "soon": soon.number,
            "partner": str(partner.pk),
            "card_key": str(card.pk),
        }
    )


NOT_NAMED = {
    **MISSING,
    "code": new_activation_code(),
    **dict.fromkeys(["about", "soon"], MISSING_NUMBER),
    "email": "nobody@nowhere.example",
    "company": "Nobody",
    "reference": "nothing of mine",
    "card_key": MISSING_ID,
    "person": MISSING_ID,
}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT, Role.VIEWER])
def test_who_names_a_strangers_thing_in_a_field_is_told_the_same_as_of_none(
    named: Things, acme: Reseller, globex: Reseller, role: Role
) -> None:
    open_shop(globex)
    client, before = at_globex(globex, role), rows_of(acme)
    for each in ASKINGS:
        of_theirs, of_none = [
            each.sent_by(client, names[each.thing]) for names in (named, NOT_NAMED)
        ]
        assert of_theirs == of_none, each
    assert rows_of(acme) == before


def test_acme_itself_is_told_of_its_things(named: Things, acme: Reseller, alice: User) -> None:
    open_shop(acme)
    client = Client()
    client.force_login(alice)
    same = [
        f"{each.method} {each.address} {each.field}={each.thing}"
        for each in ASKINGS
        if each.sent_by(client, named[each.thing]) == each.sent_by(client, NOT_NAMED[each.thing])
    ]
    assert not same, same
