"""What would happen without the guards that are declared once and hold everywhere.

Each test takes one guard away, for itself alone, and shows what the promise's own test (see
docs/guarantees.md) would then find.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client
from pytest_django import Settings

from billing.models import BalanceEntry
from exports import csv
from licenses.models import Period
from mailing.models import Mail
from orders.models import Order
from reseller_portal import logs
from resellers.models import DistributionCompany, Reseller, User
from resellers.querysets import ResellerQuerySet
from tests.factories import (
    DistributionCompanyFactory,
    make_active,
    make_entry,
    make_order,
)

As = Callable[[User], Client]

LOGIN = "/accounts/login/"


def execute(statement: str) -> None:
    """Change the schema, in the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_without_the_trigger_an_entry_of_the_ledger_is_changed(acme: Reseller) -> None:
    make_entry(acme)
    execute("ALTER TABLE billing_balanceentry DISABLE TRIGGER USER")
    assert BalanceEntry.objects.update(reference="another") == 1


def test_without_the_exclusion_periods_overlap(acme: Reseller) -> None:
    license = make_active(make_order(acme, quantity=1).licenses.get())
    first = license.periods.get()
    execute("ALTER TABLE licenses_period DROP CONSTRAINT periods_never_overlap")
    Period.objects.create(
        reseller=acme,
        license=license,
        number=1,
        starts_on=first.starts_on + timedelta(days=1),
        ends_on=first.ends_on,
    )
    assert license.periods.count() == 2


def test_without_the_check_a_balance_falls_below_its_limit(acme: Reseller) -> None:
    account = make_entry(acme).account
    execute("ALTER TABLE billing_account DROP CONSTRAINT account_within_credit_limit")
    type(account).objects.filter(pk=account.pk).update(balance=Decimal(-1))
    account.refresh_from_db()
    assert account.balance < -account.credit_limit


def test_without_the_composite_key_an_order_names_a_strangers_partner(
    acme: Reseller, globex: Reseller
) -> None:
    order, partner = make_order(acme), DistributionCompanyFactory.create(reseller=globex)
    execute("ALTER TABLE orders_order DROP CONSTRAINT order_distributor_same_reseller")
    Order.objects.filter(pk=order.pk).update(distribution_company=partner)
    order.refresh_from_db()
    assert order.distribution_company == partner


def test_without_the_scope_a_stranger_sees_the_order(
    acme: Reseller, charlie: User, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/orders/{make_order(acme).number}/"
    assert as_(charlie).get(address).status_code == 404
    monkeypatch.setattr(ResellerQuerySet, "for_reseller", lambda rows, _reseller: rows.all())
    assert as_(charlie).get(address).status_code == 200


def test_without_the_role_table_a_viewer_sees_codes(
    acme: Reseller, bob: User, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(acme, quantity=1)
    address = f"/orders/{order.number}/activation-codes/"
    assert as_(bob).get(address).status_code == 403
    monkeypatch.setattr(User, "may", lambda _user, _right: True)
    assert order.licenses.get().activation_code in as_(bob).get(address).content.decode()


def test_without_the_token_check_another_site_changes_things(
    acme: Reseller, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/orders/{make_order(acme, user=ann).number}/resend-email/"

    def from_another_site() -> int:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ann)
        return client.post(address).status_code

    assert from_another_site() == 403
    monkeypatch.setattr(CsrfViewMiddleware, "process_view", lambda *_request: None)
    assert from_another_site() == 303
    assert Mail.objects.exists()


def test_without_the_last_step_of_the_log_a_code_is_in_it(
    acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_order(acme, quantity=1).licenses.get().activation_code
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "About %s", (code,), None)
    assert code not in logs.formatter().format(record)
    monkeypatch.setattr(logs, "without_secrets", str)
    assert code in logs.formatter().format(record)


def test_without_the_formula_guard_a_cell_runs(
    acme: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    DistributionCompanyFactory.create(reseller=acme, name="=1+1")

    def cells() -> bytes:
        rows, columns = DistributionCompany.objects.all(), [csv.Column("Name", "name")]
        return csv.csv_response(rows, columns, filename="x.csv", reseller=acme).content

    assert cells().endswith(b"\r\n'=1+1\r\n")
    monkeypatch.setattr(csv, "harmless", lambda cell: cell)
    assert cells().endswith(b"\r\n=1+1\r\n")


def test_without_the_limits_passwords_are_guessed_for_ever(alice: User, settings: Settings) -> None:
    def tries() -> bytes:
        for _ in range(12):
            page = Client().post(LOGIN, {"login": alice.email, "password": "wrong"})
        return page.content

    assert b"Too many" in tries()
    settings.ACCOUNT_RATE_LIMITS = False
    assert b"Too many" not in tries()


def test_without_the_epoch_a_stolen_session_outlives_a_new_password(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outlives() -> bool:
        thief = Client()
        thief.force_login(alice)
        alice.set_password("another-password")
        alice.save()
        return thief.get("/").status_code == 200

    assert not outlives()
    monkeypatch.setattr(User, "get_session_auth_hash", lambda _user: "the same for ever")
    assert outlives()


def test_without_the_policy_a_page_may_run_anything(
    alice: User, as_: As, settings: Settings
) -> None:
    assert "script-src 'self'" in as_(alice).get("/")["Content-Security-Policy"]
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.startswith("csp.")]
    assert "Content-Security-Policy" not in as_(alice).get("/")


def test_without_the_fields_check_a_character_is_an_error_of_the_server(
    alice: User, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/orders/?search=a%00b"
    assert as_(alice).get(address).status_code == 200
    monkeypatch.setattr(ProhibitNullCharactersValidator, "__call__", lambda *_value: None)
    with pytest.raises(ValueError, match="NUL"):
        as_(alice).get(address)
