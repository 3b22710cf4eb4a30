"""A database of an earlier release goes forward with its data, and no lock is held for long.

`earlier.dump.gz` is `manage.py backup` of sample data (60 orders, seed 7) as it was when a refund
had no parts yet and nothing was changed in bulk.
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from billing.models import BalanceEntry
from desk.verify.registry import check_all
from licenses.models import License
from mailing.models import Mail
from orders.models import Order, Refund
from resellers.models import User
from tests.databases import at
from tests.desk.seeding import catalog

EARLIER = Path(__file__).with_name("earlier.dump.gz")

# Tables that every click or sweep needs, and that grow without an end.
HOT = (
    "activation_activation|activation_customer|billing_account|billing_balanceentry"
    "|billing_cardpayment|billing_cardrefund|django_session|licenses_license|licenses_notice"
    "|licenses_period|licenses_renewal|licenses_renewalattempt|mailing_mail|orders_order"
    "|resellers_auditevent|resellers_user"
)
ON = rf'(?:ALTER TABLE|ON)\s+(?:ONLY\s+)?"?(?P<table>{HOT})"?\b'
COMPUTED = "gen_random_uuid|clock_timestamp|random|nextval"
LONG = {
    "an index, but not concurrently": rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*{ON}",
    "a constraint that is checked at once": rf"{ON}.*\bADD CONSTRAINT(?!.*NOT VALID)",
    "a column that is unique or refers at once": rf"{ON}.*ADD COLUMN.*(?:UNIQUE|REFERENCES)",
    "a column of another type": rf"{ON}.*ALTER COLUMN.*\bTYPE\b",
    "a column that may be empty no more": rf"{ON}.*ALTER COLUMN.*SET NOT NULL",
    "a column that is computed for each row": (
        rf"{ON}.*ADD COLUMN.*(?:GENERATED|DEFAULT \(?(?:{COMPUTED}))"
    ),
    "a change of every row": rf'^\s*(?:UPDATE|DELETE FROM)\s+"?(?P<table>{HOT})\b',
}
# What there was before the first release, whose databases were all small.
ACCEPTED = {
    "activation": 7,
    "billing": 13,
    "catalog": 1,
    "exports": 4,
    "licenses": 13,
    "mailing": 8,
    "orders": 7,
    "people": 2,
    "reseller_portal": 1,
    "resellers": 4,
}


@pytest.mark.django_db(transaction=True)
def test_an_earlier_database_goes_forward_with_its_data(empty: str, tmp_path: Path) -> None:
    (dump := tmp_path / "earlier.dump").write_bytes(gzip.decompress(EARLIER.read_bytes()))
    fresh = [line[:4] for line in catalog()]
    with at(empty):
        call_command("restore", dump)
        assert [line[:4] for line in catalog()] == fresh
        assert not [result for result in check_all() if result.rows]
        models = (Order, License, BalanceEntry, Mail, Refund)
        assert [model.objects.count() for model in models] == [60, 266, 180, 41, 11]
        assert all(refund.parts.exists() for refund in Refund.objects.filter(state="approved"))
        client = Client()
        client.force_login(User.objects.get(email="alice@acme.example"))
        assert client.get("/").status_code == 200
        assert client.get("/orders/?date_from=&date_to=").context["page_obj"]


def too_long(sql: str) -> list[str]:
    """Return what a migration's SQL does that stops a table for as long as it is large.

    What it makes itself is empty, and so is never too long.
    """
    made = set(re.findall(r'CREATE TABLE "?(\w+)"?', sql))
    return [
        f"{what}: {found['table']}"
        for statement in re.sub(r"--[^\n]*|\s+", " ", sql).split(";")
        for what, pattern in LONG.items()
        if (found := re.search(pattern, statement, re.IGNORECASE)) and found["table"] not in made
    ]


def later_migrations() -> Iterator[Migration]:
    """Yield the migrations of ours that came after the first release."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in ACCEPTED and int(name[:4]) > ACCEPTED[app]:
            yield migration


@pytest.mark.django_db
def test_no_migration_holds_a_table_that_everybody_needs() -> None:
    executor = MigrationExecutor(connection)
    for migration in later_migrations():
        plan = executor.migration_plan([(migration.app_label, migration.name)], clean_start=True)
        sql = "\n".join(executor.loader.collect_sql(plan[-1:]))
        assert too_long(sql) == [], f"{migration}: see docs/operation.md, “Migrations”"


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX "newest" ON "orders_order" ("reseller_id");',
        'CREATE UNIQUE INDEX "once" ON "mailing_mail" ("key");',
        'ALTER TABLE "licenses_license" ADD CONSTRAINT "c" CHECK (true);',
        'ALTER TABLE "mailing_mail" ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "b" ("id");',
        'ALTER TABLE "mailing_mail" ADD COLUMN "a" bigint CONSTRAINT "c" REFERENCES "b"("id");',
        'ALTER TABLE "orders_order" ALTER COLUMN "amount" TYPE text USING "amount"::text;',
        'ALTER TABLE "orders_order" ALTER COLUMN "reference" SET NOT NULL;',
        'ALTER TABLE "orders_order" ADD COLUMN "uuid" uuid DEFAULT gen_random_uuid() NOT NULL;',
        "UPDATE billing_balanceentry\nSET kind = 'x';",
    ],
)
def test_what_holds_one_is_seen(statement: str) -> None:
    assert len(too_long(statement)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX CONCURRENTLY "newest" ON "orders_order" ("reseller_id");',
        'ALTER TABLE "licenses_license" ADD CONSTRAINT "c" CHECK (true) NOT VALID;',
        'ALTER TABLE "licenses_license" VALIDATE CONSTRAINT "c";',
        'ALTER TABLE "mailing_mail" ADD COLUMN "seen" integer DEFAULT 0 NOT NULL;',
        'ALTER TABLE "mailing_mail" ADD COLUMN "seen" timestamp NULL;',
        'CREATE INDEX "newest" ON "exports_export" ("reseller_id");',
        'DROP INDEX IF EXISTS "newest";',
        'CREATE TABLE "orders_order" ("id" bigint); CREATE INDEX "i" ON "orders_order" ("id");',
    ],
)
def test_what_is_quick_is_let_pass(statement: str) -> None:
    assert too_long(statement) == []


@pytest.mark.django_db
def test_the_first_ones_would_be_seen() -> None:
    """The rule reads what Django really writes: it finds the indexes of an accepted migration."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan([("mailing", "0002_find_by_address")], clean_start=True)
    found = too_long("\n".join(executor.loader.collect_sql(plan[-1:])))
    assert "an index, but not concurrently: mailing_mail" in found
