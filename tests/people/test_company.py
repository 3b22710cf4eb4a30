"""The settings of a company, and whom its mails go to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from billing.low_balance import KIND
from mailing.actions import choose_audience
from mailing.company import reader_of, tell_company, who_is_told
from mailing.kinds import NobodyThereError
from mailing.models import Audience, Mail
from people.steps import about_reseller
from people.views.notices import company_kinds
from resellers.actions import retire_distribution_company
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.record import sentence
from resellers.steps import record
from tests.factories import DistributionCompanyFactory, PriceFactory, make_active, make_order

As = Callable[[User], Client]
PAGE, NOTICES = "/settings/company/", "/settings/notices/"


def values(**changes: object) -> dict[str, object]:
    """Return what the form of Acme sends."""
    usual = {
        "name": "Acme",
        "address": "",
        "tax_number": "",
        "time_zone": "Europe/Berlin",
        "distribution_company": "",
        "default_term_months": "",
        "default_payment_type": "",
    }
    return {**usual, **changes}


@pytest.fixture
def delta(acme: Reseller) -> DistributionCompany:
    return DistributionCompanyFactory.create(reseller=acme, name="Delta")


def test_alice_changes_the_company_and_the_record_says_from_what(
    as_: As, alice: User, acme: Reseller
) -> None:
    answer = as_(alice).post(
        PAGE, values(name="Acme Ltd", address="1 Road\nBerlin", tax_number="1")
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    acme.refresh_from_db()
    assert (acme.name, acme.tax_number) == ("Acme Ltd", "1")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("reseller.settings_changed", alice)
    assert event.changes["changed"]["name"] == ["Acme", "Acme Ltd"]
    assert "name from “Acme” to “Acme Ltd”" in sentence(event, "EUR")
    as_(alice).post(PAGE, values(name="Acme Ltd", address="1 Road\r\nBerlin", tax_number="1"))
    assert AuditEvent.objects.count() == 1, "a browser ends its lines in another way"


@pytest.mark.parametrize("field", ["currency", "tax_rate"])
def test_what_is_the_vendors_stays(as_: As, alice: User, acme: Reseller, field: str) -> None:
    before = getattr(acme, field)
    as_(alice).post(PAGE, {**values(), field: "7"})
    acme.refresh_from_db()
    assert getattr(acme, field) == before


@pytest.mark.parametrize("name", ["Globex", "globex"])
def test_a_name_that_is_taken_tells_nothing_of_whose_it_is(
    as_: As, alice: User, globex: Reseller, name: str
) -> None:
    page = as_(alice).post(PAGE, values(name=name))
    assert (page.status_code, "cannot be had" in page.text) == (422, True)
    assert "exists" not in page.text


def test_another_time_zone_is_confirmed_and_moves_no_stored_date(
    as_: As, alice: User, acme: Reseller
) -> None:
    license = make_active(make_order(acme).licenses.all()[0], ends_on=date(2027, 3, 1))
    client, wish = as_(alice), values(time_zone="Pacific/Auckland")
    page = client.post(PAGE, wish)
    assert (page.status_code, "No stored date moves" in page.text) == (422, True)
    acme.refresh_from_db()
    assert acme.time_zone == "Europe/Berlin"
    assert 'name="confirmed_zone" value="Pacific/Auckland"' in page.text
    other = {**wish, "confirmed_zone": "Asia/Tokyo"}
    assert client.post(PAGE, other).status_code == 422
    assert client.post(PAGE, {**wish, "confirmed_zone": "Pacific/Auckland"}).status_code == 303
    acme.refresh_from_db()
    before = (license.anchor_on, license.ends_on, license.activated_at)
    license.refresh_from_db()
    assert (license.anchor_on, license.ends_on, license.activated_at) == before
    assert acme.time_zone == "Pacific/Auckland"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Base"),
        ("name", ""),
        ("name", "x" * 201),
        ("address", "x" * 501),
        ("default_term_months", "7"),
        ("default_payment_type", "gold"),
        ("distribution_company", "0"),
        ("name", "a\0b"),
    ],
)
def test_nonsense_is_refused_at_its_field(as_: As, alice: User, field: str, value: str) -> None:
    page = as_(alice).post(PAGE, values(**{field: value}))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_a_strangers_distribution_company_cannot_be_picked(
    as_: As, charlie: User, delta: DistributionCompany
) -> None:
    wish = values(name="Globex", time_zone="America/New_York", distribution_company=delta.pk)
    assert as_(charlie).post(PAGE, wish).status_code == 422


def test_purchases_begin_with_the_defaults(
    as_: As, alice: User, ann: User, delta: DistributionCompany
) -> None:
    price = PriceFactory.create(term_months=1)
    PriceFactory.create(product=price.product)
    wish = values(
        distribution_company=delta.pk, default_term_months="1", default_payment_type="balance"
    )
    assert as_(alice).post(PAGE, wish).status_code == 303
    form = as_(ann).get("/orders/buy/").context["form"]
    assert (form["term"].value(), form["distribution_company"].value()) == ("1", delta.pk)
    form = as_(ann).get("/orders/buy/", {"term": "12"}).context["form"]
    assert form["term"].value() == "12"


def test_a_retired_company_is_no_default_any_more(
    as_: As, alice: User, ann: User, delta: DistributionCompany
) -> None:
    as_(alice).post(PAGE, values(distribution_company=delta.pk))
    delta.refresh_from_db()
    assert delta.is_default
    retire_distribution_company(delta.pk, actor=alice, now=delta.reseller.created_at)
    assert not as_(ann).get("/orders/buy/").context["form"]["distribution_company"].value()


def test_the_database_keeps_one_default_in_use(acme: Reseller, delta: DistributionCompany) -> None:
    echo = DistributionCompanyFactory.create(reseller=acme, is_default=True)
    for company, broken in ((delta, {"is_default": True}), (echo, {"retired_at": acme.created_at})):
        with pytest.raises(IntegrityError), transaction.atomic():
            DistributionCompany.objects.filter(pk=company.pk).update(**broken)


def told(acme: Reseller, kind: str = KIND) -> list[str]:
    return [user.name.split()[0] for user in who_is_told(acme, kind)]


def test_admins_and_agents_are_told_until_alice_chooses(
    as_: As, alice: User, ann: User, bob: User, acme: Reseller
) -> None:
    assert told(acme) == ["Alice", "Ann"]
    client = as_(alice)
    client.post(f"{NOTICES}{KIND}/", {"roles": ["admin"], "people": [str(bob.pk)]})
    assert told(acme) == ["Alice", "Bob"]
    assert told(acme, "renewals_ahead") == ["Alice", "Ann"]
    assert "all admins, Bob Brandt" in client.get(NOTICES).text
    said = sentence(AuditEvent.objects.get(), "EUR")
    assert said == "“Low balance” goes to: all admins, Bob Brandt"
    bob.is_active = False
    bob.save()
    assert told(acme) == ["Alice"]


def test_nobody_may_be_told_and_the_page_says_so(as_: As, alice: User, acme: Reseller) -> None:
    page = as_(alice).post(f"{NOTICES}{KIND}/", follow=True)
    assert "Nobody gets “Low balance” any more." in page.text
    assert told(acme) == []


@pytest.mark.parametrize("who", ["stranger", "0", "x", "\0"])
def test_only_people_of_the_company_can_be_chosen(
    as_: As, alice: User, charlie: User, acme: Reseller, who: str
) -> None:
    key = str(charlie.pk) if who == "stranger" else who
    page = as_(alice).post(f"{NOTICES}{KIND}/", {"people": [key]})
    assert page.status_code == 422
    assert "Somebody whom you chose is no active person" in page.text
    assert told(acme) == ["Alice"]


def test_what_another_company_chose_or_did_is_not_shown(
    as_: As, alice: User, acme: Reseller, globex: Reseller
) -> None:
    for kind in company_kinds():
        Audience.objects.create(reseller=globex, kind=kind.name, roles=["viewer"], people=[])
    record("reseller.settings_changed", about_reseller(acme), reseller=globex, actor=None)
    client = as_(alice)
    assert "all viewers" not in client.get(NOTICES).text
    form = client.get(f"{NOTICES}{KIND}/").context["form"]
    assert form["roles"].value() == ["admin", "agent"]
    assert client.get(PAGE).context["deeds"] == []


def test_who_is_disabled_cannot_be_chosen(as_: As, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert bob.name not in as_(alice).get(f"{NOTICES}{KIND}/").text
    page = as_(alice).post(f"{NOTICES}{KIND}/", {"people": [str(bob.pk)]})
    assert page.status_code == 422


def test_who_is_disabled_is_told_nothing_any_more(alice: User, bob: User, acme: Reseller) -> None:
    now = timezone.now()
    choose_audience(KIND, ["admin"], [bob.pk], actor=alice)
    assert tell_company(KIND, acme, key="before", about="x", now=now) == 2
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert tell_company(KIND, acme, key="after", about="x", now=now) == 1
    waiting = Mail.objects.get(to=bob.email)
    with pytest.raises(NobodyThereError):
        reader_of(waiting)


def test_a_stranger_is_left_out_whoever_names_them(
    alice: User, charlie: User, acme: Reseller
) -> None:
    assert choose_audience(KIND, [], [charlie.pk], actor=alice).people == []
    Audience.objects.update(people=[charlie.pk])
    assert told(acme) == []


def test_the_warning_of_a_low_balance_is_changed(as_: As, alice: User, acme: Reseller) -> None:
    assert as_(alice).post(f"{NOTICES}low-balance/", {"below": "250.50"}).status_code == 303
    acme.account.refresh_from_db()
    assert acme.account.low_balance_below == Decimal("250.50")
    assert "EUR\N{NO-BREAK SPACE}250.50" in as_(alice).get(NOTICES).text


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ("", "Give an amount with at most two decimal places, such as 250.00."),
        ("1,50", "Give an amount with at most two decimal places, such as 250.00."),
        ("x", "Give an amount with at most two decimal places, such as 250.00."),
        ("1.234", "Give an amount with at most two decimal places, such as 250.00."),
        ("-1", "Give 0 or more."),
        ("9" * 30, "Give an amount of at most 999,999,999.99."),
    ],
)
def test_a_warning_below_nonsense_is_refused_in_our_words(
    as_: As, alice: User, acme: Reseller, below: str, said: str
) -> None:
    page = as_(alice).post(f"{NOTICES}low-balance/", {"below": below})
    assert page.status_code == 422
    assert page.context["form"].errors["below"] == [said]


def test_a_kind_without_an_audience_is_missing(as_: As, alice: User) -> None:
    for kind in ("order_confirmation", "nothing"):
        assert as_(alice).get(f"{NOTICES}{kind}/").status_code == 404


def test_every_mail_to_the_company_has_its_line(as_: As, alice: User) -> None:
    names = {kind.name for kind in company_kinds()}
    assert names >= {KIND, "renewals_ahead", "renewals_paid", "renewals_failed"}
    shown: Any = as_(alice).get(NOTICES).context["told"]
    assert {row.kind.name for row in shown} == names
