"""Who may open what: every address of the portal times every kind of person.

A new address that is not in the table fails `test_every_address_is_in_the_table`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone

from orders.models import Order
from people.models import Invitation
from resellers.models import Reseller, User
from tests.factories import DistributionCompanyFactory, UserFactory, make_active, make_order
from tests.licenses.bulk import make_change
from tests.mailing.test_log import make_mail

OK, FOUND, SEE, NO, NONE, METHOD, INVALID, CONFLICT = 200, 302, 303, 403, 404, 405, 422, 409
PEOPLE = ("anonymous", "charlie", "bob", "ann", "alice", "sam")

# Pages of an admin: of each company's own, and about a thing of Acme's.
SETTINGS = (FOUND, OK, NO, NO, OK, NO)
SETTING_POSTED = (FOUND, SEE, NO, NO, SEE, NO)
ONE_OF_ACME = (FOUND, NONE, NO, NO, OK, NO)
ONE_CHANGED = (FOUND, NONE, NO, NO, SEE, NO)
ONE_REFUSED = (FOUND, NONE, NO, NO, INVALID, NO)


@dataclass(frozen=True)
class Row:
    """One method of one address: the status that each of PEOPLE gets, in that order."""

    name: str
    method: str
    expected: tuple[int, ...]
    args: tuple[str, ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    query: str = ""


def row(
    name: str, method: str, *expected: int, args: str = "", data: str = "", query: str = ""
) -> Row:
    """Write a row shortly: `args` names attributes of the world, `data` is a form's query."""
    pairs = tuple((part.split("=")[0], part.split("=")[1]) for part in data.split("&") if part)
    return Row(name, method, expected, tuple(args.split()), pairs, query)


TABLE = [
    row("home", "get", FOUND, OK, OK, OK, OK, FOUND),
    row("home", "post", FOUND, METHOD, METHOD, METHOD, METHOD, FOUND),
    row("search", "get", FOUND, OK, OK, OK, OK, NO),
    row("search", "post", FOUND, METHOD, METHOD, METHOD, METHOD, METHOD),
    row("healthz", "get", OK, OK, OK, OK, OK, OK),
    row("readyz", "get", *[503] * 6),
    row("metrics", "get", NO, NO, NO, NO, NO, OK),
    row("metrics", "post", *[METHOD] * 6),
    row("orders:list", "get", FOUND, OK, OK, OK, OK, NO),
    row("orders:show", "get", FOUND, NONE, OK, OK, OK, NO, args="number"),
    row("orders:resend_email", "post", FOUND, NONE, NO, SEE, INVALID, NO, args="number"),
    row("orders:buy", "get", FOUND, OK, NO, OK, OK, NO),
    row("orders:buy", "post", FOUND, INVALID, NO, INVALID, INVALID, NO),
    row("orders:receipt", "get", FOUND, NONE, OK, OK, OK, NO, args="number"),
    row("orders:refund", "get", FOUND, NONE, NO, NO, OK, NO, args="number"),
    row("orders:refund", "post", FOUND, NONE, NO, NO, SEE, NO, args="number", data="reason=Wrong"),
    row("orders:send_links", "get", FOUND, NONE, NO, OK, OK, NO, args="number"),
    row(
        "orders:send_links",
        "post",
        *(FOUND, NONE, NO, OK, OK, NO),
        args="number",
        data="addresses=nina@nova.example",
    ),
    row("orders:sent_links", "get", FOUND, NONE, NO, NONE, NONE, NO, args="number nothing"),
    row("orders:activation_codes", "get", FOUND, NONE, NO, OK, OK, NO, args="number"),
    row("orders:license_keys", "get", FOUND, NONE, OK, OK, OK, NO, args="number"),
    row(
        "orders:license_keys", "get", FOUND, NONE, OK, OK, OK, NO, args="number", query="format=csv"
    ),
    row("renewals:notices", "get", FOUND, OK, OK, OK, OK, NO),
    row("licenses:activation_link", "get", FOUND, NONE, NO, OK, OK, NO, args="available"),
    row(
        "licenses:activation_link",
        "get",
        *(FOUND, NONE, NO, OK, OK, NO),
        args="available",
        query="format=svg",
    ),
    row("activation:send_link", "get", FOUND, NONE, NO, OK, OK, NO, args="available"),
    row(
        "activation:send_link",
        "post",
        *(FOUND, NONE, NO, SEE, INVALID, NO),
        args="available",
        data="email=nina@nova.example",
    ),
    row("activation:for_license", "get", FOUND, NONE, NO, OK, OK, NO, args="available"),
    row("activation:for_license", "post", FOUND, NONE, NO, INVALID, INVALID, NO, args="available"),
    row("licenses:billing_state", "get", FOUND, NONE, NO, OK, OK, NO, args="active"),
    row(
        "licenses:billing_state",
        "post",
        *(FOUND, NONE, NO, SEE, SEE, NO),
        args="active",
        data="recurrent=true",
    ),
    row("licenses:replace_code", "get", FOUND, NONE, NO, OK, OK, NO, args="available"),
    row("licenses:replace_code", "post", FOUND, NONE, NO, SEE, SEE, NO, args="available"),
    row("licenses:renew", "get", FOUND, NONE, NO, OK, OK, NO, args="active"),
    row("licenses:renew", "post", FOUND, NONE, NO, INVALID, INVALID, NO, args="active"),
    row("activation:list", "get", FOUND, OK, OK, OK, OK, NO),
    row("activation:show", "get", FOUND, NONE, OK, OK, OK, NO, args="active"),
    row("activation:show", "get", FOUND, NONE, NONE, NONE, NONE, NO, args="available"),
    row("exports:start", "post", FOUND, SEE, SEE, SEE, SEE, NO, args="activations_kind"),
    row("activation:move", "get", FOUND, NONE, NO, OK, OK, NO, args="active"),
    row("activation:move", "post", FOUND, NONE, NO, INVALID, INVALID, NO, args="active"),
    row("activation:customers", "get", FOUND, OK, OK, OK, OK, NO),
    row("activation:customer", "get", FOUND, NONE, OK, OK, OK, NO, args="customer"),
    row("activation:correct_email", "get", FOUND, NONE, NO, OK, OK, NO, args="customer"),
    row("activation:correct_email", "post", FOUND, NONE, NO, INVALID, INVALID, NO, args="customer"),
    row("exports:start", "post", FOUND, SEE, SEE, SEE, SEE, NO, args="customers_kind"),
    row("activation:activate", "get", OK, OK, OK, OK, OK, OK, args="code"),
    row("activation:activate", "post", *[INVALID] * 6, args="code"),
    row("billing:balance", "get", FOUND, OK, OK, OK, OK, NO),
    row("billing:balance", "get", FOUND, OK, OK, OK, OK, NO, query="format=csv"),
    row("renewals:list", "get", FOUND, OK, OK, OK, OK, NO),
    row("renewals:list", "get", FOUND, OK, OK, OK, OK, NO, query="format=csv"),
    row(
        "renewals:billing_states",
        "get",
        *(FOUND, OK, NO, OK, OK, NO),
        query="which=all&recurrent=false",
    ),
    row(
        "renewals:billing_states",
        "post",
        *(FOUND, INVALID, NO, INVALID, INVALID, NO),
        data="recurrent=false",
    ),
    row("renewals:change_many", "get", FOUND, OK, NO, OK, OK, NO, query="which=all&do=renew"),
    row("renewals:change_many", "post", FOUND, INVALID, NO, INVALID, INVALID, NO),
    row("activation:change_many", "get", FOUND, OK, NO, OK, OK, NO, query="which=all&do=renew"),
    row("activation:change_many", "post", FOUND, INVALID, NO, INVALID, INVALID, NO),
    row("orders:change_many", "get", FOUND, NONE, NO, OK, OK, NO, args="number", query="do=renew"),
    row("orders:change_many", "post", FOUND, NONE, NO, INVALID, INVALID, NO, args="number"),
    row("bulk:list", "get", FOUND, OK, NO, OK, OK, NO),
    row("bulk:show", "get", FOUND, NONE, NO, OK, OK, NO, args="bulk_change"),
    row("bulk:show", "get", FOUND, NONE, NO, OK, OK, NO, args="bulk_change", query="format=csv"),
    row("billing:statement", "get", FOUND, OK, OK, OK, OK, NO, args="month"),
    row("billing:payments", "get", *[FOUND, NONE, NONE, NONE, NONE, NO]),
    row("billing:payment", "get", *[FOUND, NONE, NONE, NONE, NONE, NO], args="nothing"),
    row("billing:stripe_webhook", "post", *[NONE] * 6),
    row("billing:deposit", "get", *[FOUND, NONE, NONE, NONE, NONE, NO]),
    row("billing:cards", "get", *[FOUND, NONE, NONE, NONE, NONE, NO]),
    row("billing:add_card", "post", *[FOUND, NONE, NONE, NONE, NONE, NO]),
    row("billing:card_added", "get", *[FOUND, NONE, NONE, NONE, NONE, NO]),
    row("billing:make_default", "get", *[FOUND, NONE, NONE, NONE, NONE, NO], args="nothing"),
    row("billing:remove_card", "get", *[FOUND, NONE, NONE, NONE, NONE, NO], args="nothing"),
    row("catalog:prices", "get", FOUND, OK, OK, OK, OK, NO),
    row("catalog:prices", "get", FOUND, OK, OK, OK, OK, NO, query="format=csv"),
    row("activation:activate_bare", "get", *[OK] * 6, args="code"),
    row("exports:list", "get", FOUND, OK, OK, OK, OK, NO),
    row("exports:start", "post", FOUND, SEE, SEE, SEE, SEE, NO, args="orders_kind"),
    row("exports:start", "post", FOUND, SEE, NO, SEE, SEE, NO, args="keys_kind"),
    row("exports:show", "get", FOUND, NONE, NONE, NONE, NONE, NO, args="nothing"),
    row("exports:download", "get", FOUND, NONE, NONE, NONE, NONE, NO, args="nothing"),
    row("settings:index", "get", *SETTINGS),
    row("settings:distributors", "get", *SETTINGS),
    row("settings:add_distributor", "get", *SETTINGS),
    row("settings:add_distributor", "post", *SETTING_POSTED, data="name=New"),
    row("settings:rename_distributor", "get", *ONE_OF_ACME, args="partner"),
    row("settings:rename_distributor", "post", *ONE_CHANGED, args="partner", data="name=New"),
    row("settings:retire_distributor", "get", *ONE_OF_ACME, args="partner"),
    row("settings:retire_distributor", "post", *ONE_CHANGED, args="partner"),
    row("settings:bring_back_distributor", "get", *ONE_OF_ACME, args="partner"),
    row("settings:bring_back_distributor", "post", *ONE_REFUSED, args="partner"),
    row("settings:users", "get", *SETTINGS),
    row("settings:invite", "get", *SETTINGS),
    row("settings:invite", "post", *SETTING_POSTED, data="name=I&email=i@x.example&role=agent"),
    row("settings:invite_again", "get", *ONE_OF_ACME, args="invitation"),
    row("settings:invite_again", "post", *ONE_CHANGED, args="invitation"),
    row("settings:withdraw_invitation", "get", *ONE_OF_ACME, args="invitation"),
    row("settings:withdraw_invitation", "post", *ONE_CHANGED, args="invitation"),
    row("settings:user", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:change_role", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:change_role", "post", *ONE_CHANGED, args="colleague", data="role=viewer"),
    row("settings:disable_user", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:disable_user", "post", *ONE_CHANGED, args="colleague"),
    row("settings:enable_user", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:enable_user", "post", *ONE_REFUSED, args="colleague"),
    row("settings:end_sessions", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:end_sessions", "post", *ONE_CHANGED, args="colleague"),
    row("settings:remove_second_factor", "get", *ONE_OF_ACME, args="colleague"),
    row("settings:remove_second_factor", "post", *ONE_REFUSED, args="colleague"),
    row("settings:company", "get", *SETTINGS),
    row("settings:company", "post", FOUND, INVALID, NO, NO, INVALID, NO),
    row("settings:notices", "get", *SETTINGS),
    row("settings:low_balance", "get", *SETTINGS),
    row("settings:low_balance", "post", *SETTING_POSTED, data="below=100"),
    row("settings:audience", "get", *SETTINGS, args="notice_kind"),
    row("settings:audience", "post", *SETTING_POSTED, args="notice_kind", data="roles=admin"),
    row("settings:emails", "get", *SETTINGS),
    row("settings:email_text", "get", *SETTINGS, args="notice_kind"),
    row("settings:email_text", "get", *[FOUND, *[NONE] * 4, NO], args="orders_kind"),
    row(
        "settings:email_text",
        "post",
        *SETTING_POSTED,
        args="notice_kind",
        data="subject=Low&body=Now {balance}",
    ),
    row("settings:reset_email_text", "get", *SETTINGS, args="notice_kind"),
    row(
        "settings:reset_email_text",
        "post",
        *(FOUND, INVALID, NO, NO, INVALID, NO),
        args="notice_kind",
    ),
    row("settings:activity", "get", *SETTINGS),
    row("exports:start", "post", FOUND, SEE, NO, NO, SEE, NO, args="activity_kind"),
    row("mails:list", "get", *SETTINGS),
    row("mails:resend", "get", *ONE_OF_ACME, args="mail"),
    row("mails:resend", "post", *ONE_CHANGED, args="mail"),
    row("mails:set_aside", "get", *ONE_OF_ACME, args="mail"),
    row("mails:set_aside", "post", FOUND, NONE, NO, NO, INVALID, NO, args="mail"),
    row("settings:account", "get", FOUND, OK, OK, OK, OK, NO),
    row("settings:end_device", "get", FOUND, NONE, NONE, NONE, NONE, NO, args="nobody"),
    row("settings:end_device", "post", FOUND, NONE, NONE, NONE, NONE, NO, args="nobody"),
    row("settings:end_other_devices", "get", FOUND, OK, OK, OK, OK, NO),
    row("settings:end_other_devices", "post", FOUND, SEE, SEE, SEE, SEE, NO),
    row("account_login", "get", OK, FOUND, FOUND, FOUND, FOUND, FOUND),
    row("account_logout", "get", FOUND, OK, OK, OK, OK, OK),
    row("account_logout", "post", *[FOUND] * 6),
    row("account_reset_password", "get", *[OK] * 6),
    row("account_reset_password_done", "get", *[OK] * 6),
    row("account_change_password", "get", FOUND, OK, OK, OK, OK, OK),
    row("account_inactive", "get", *[OK] * 6),
    row("account_reauthenticate", "get", FOUND, OK, OK, OK, OK, OK),
    row("account_reset_password_from_key", "get", *[OK] * 6, args="nobody wrong_key"),
    row("account_reset_password_from_key_done", "get", *[OK] * 6),
    row("invitation", "get", *[NONE] * 6, args="wrong_key"),
    row("mfa_index", "get", FOUND, OK, OK, OK, OK, OK),
    row("mfa_activate_totp", "get", *[FOUND] * 6),
    row("mfa_authenticate", "get", *[FOUND] * 6),
    row("mfa_deactivate_totp", "get", FOUND, *[NONE] * 5),
    row("mfa_download_recovery_codes", "get", FOUND, *[NONE] * 5),
    row("mfa_generate_recovery_codes", "get", *[FOUND] * 6),
    row("mfa_reauthenticate", "get", *[FOUND] * 6),
    row("mfa_view_recovery_codes", "get", FOUND, *[NONE] * 5),
]
LIBRARIES = ("admin:",)


@dataclass
class World:
    """What addresses may name; all of it is Acme's."""

    number: str
    available: str
    active: str
    code: str
    customer: str
    partner: int
    colleague: int
    invitation: int
    mail: int
    bulk_change: str
    activity_kind: str = "activity"
    notice_kind: str = "balance_low"
    orders_kind: str = "orders"
    keys_kind: str = "license-keys"
    activations_kind: str = "activations"
    customers_kind: str = "customers"
    nothing: str = str(uuid4())
    nobody: str = "1"
    wrong_key: str = "a-b"
    month: date = date(2026, 1, 1)


@pytest.fixture
def world(acme: Reseller) -> World:
    order: Order = make_order(acme, quantity=2)
    active, available = order.licenses.all()
    customer = make_active(active).customer
    assert customer
    colleague = UserFactory.create(reseller=acme)
    invitation = Invitation.objects.create(
        reseller=acme,
        email="i@acme.example",
        name="I",
        role="agent",
        invited_by=colleague,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return World(
        number=order.number,
        available=str(available.uuid),
        active=str(active.uuid),
        code=available.activation_code,
        customer=str(customer.uuid),
        partner=DistributionCompanyFactory.create(reseller=acme).pk,
        colleague=colleague.pk,
        invitation=invitation.pk,
        mail=make_mail(acme).pk,
        bulk_change=str(make_change(active, colleague).uuid),
    )


@pytest.fixture
def people(charlie: User, bob: User, ann: User, alice: User, sam: User) -> dict[str, Client]:
    clients = {"anonymous": Client()}
    for person in (charlie, bob, ann, alice, sam):
        clients[person.email.split("@")[0]] = client = Client()
        client.force_login(person)
    return clients


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Yield the full name of every address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}"


def undecided(patterns: list[URLPattern | URLResolver]) -> set[str]:
    """Return the names of addresses of ours that the table does not know."""
    found = {name for name in names(patterns) if not name.startswith(LIBRARIES)}
    return found - {row.name for row in TABLE}


def test_every_address_is_in_the_table() -> None:
    assert undecided(get_resolver().url_patterns) == set()


def test_twin_an_address_that_nobody_decided_on_is_seen() -> None:
    new = path("new/", lambda _request: None, name="new")  # type: ignore[arg-type,return-value]
    assert undecided([*get_resolver().url_patterns, new]) == {"new"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.name} {row.query}")
def test_who_may(row: Row, world: World, people: dict[str, Client]) -> None:
    address = reverse(row.name, args=[getattr(world, arg) for arg in row.args])
    got = {}
    for person in PEOPLE:
        ask = getattr(people[person], row.method)
        got[person] = ask(f"{address}?{row.query}", dict(row.data)).status_code
    assert got == dict(zip(PEOPLE, row.expected, strict=True))


@pytest.mark.parametrize("person", PEOPLE)
def test_a_missing_page_is_missing_for_everybody(person: str, people: dict[str, Client]) -> None:
    assert people[person].get("/nothing/here/").status_code == HTTPStatus.NOT_FOUND
