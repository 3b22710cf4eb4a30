"""The invariants: clean on a right world, and each one found when it alone is broken."""

from collections.abc import Iterable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg2.sql import SQL, Identifier

from billing.models import CardPayment
from desk.management.commands.verify import SHOWN
from desk.verify.registry import check_all, invariant, invariants
from desk.verify.tenancy import tenant_relations
from licenses.models import License
from resellers.models import Reseller, User
from tests.desk.world import alter, make_world
from tests.factories import OrderFactory, make_entry

DROP = "ALTER TABLE {} DROP CONSTRAINT {}".format
DRIFTING = {"periods-are-counted-from-the-anchor", "periods-follow-each-other"}

WAITS = (
    """INSERT INTO licenses_renewal (
        reseller_id, license_id, number, state, source, next_attempt_on, created_at)
    SELECT reseller_id, id, 2, 'waiting', '', now(), now()
    FROM licenses_license WHERE id = (SELECT active FROM the)""",
    "UPDATE licenses_license SET in_renewal = true WHERE id = (SELECT active FROM the)",
)

# `the` holds the ids of Acme's order with licenses, of its active and its available license, and of
# the active one's `next` period.
BREAKAGES: dict[str, tuple[str, ...]] = {
    "available-is-counted-right": (
        "UPDATE orders_order SET available = 0 WHERE id = (SELECT placed FROM the)",
    ),
    "orders-have-their-licenses": (
        "UPDATE orders_order SET quantity = 4, unit_amount = amount / 4 WHERE quantity = 3",
    ),
    "refunded-means-cancelled": ("UPDATE orders_order SET state = 'processed' WHERE quantity = 3",),
    "amounts-multiply": (
        "UPDATE orders_order SET amount = amount + 0.01 WHERE quantity = 1 AND currency = 'USD'",
    ),
    "orders-are-in-the-resellers-currency": (
        "UPDATE orders_order SET currency = 'CHF' WHERE quantity = 3",
    ),
    "unpaid-orders-were-by-card": (
        DROP("orders_order", "order_card_payment_by_card"),
        "UPDATE orders_order SET payment_type = 'balance' WHERE state = 'checking'",
    ),
    "card-purchases-have-their-orders": (
        """UPDATE billing_cardpayment SET state = 'declined', settled_at = now()
        WHERE purpose = 'purchase'""",
    ),
    "licenses-are-for-the-orders-product": (
        "UPDATE licenses_license SET product_id = 0 WHERE id = (SELECT available FROM the)",
    ),
    "codes-are-well-formed": (
        DROP("licenses_license", "license_code_well_formed"),
        "UPDATE licenses_license SET activation_code = 'I0' WHERE id = (SELECT active FROM the)",
    ),
    "sent-links-have-their-mails": (
        "UPDATE licenses_license SET link_sent_at = now() WHERE id = (SELECT available FROM the)",
    ),
    "replaced-codes-are-gone": ("DELETE FROM licenses_replacedcode",),
    "cancelled-licenses-never-renew": (
        DROP("licenses_license", "license_cancelled_never_renews"),
        "UPDATE licenses_license SET recurrent = true WHERE cancelled_at IS NOT NULL",
    ),
    "activated-licenses-have-periods": (
        """DELETE FROM licenses_period WHERE reseller_id <> (
            SELECT reseller_id FROM licenses_license WHERE id = (SELECT active FROM the))""",
    ),
    "licenses-repeat-their-periods": (
        "UPDATE licenses_license SET ends_on = ends_on + 1 WHERE id = (SELECT active FROM the)",
    ),
    "periods-are-numbered-from-zero": (
        """UPDATE licenses_period SET number = 2,
            starts_on = (starts_on + make_interval(months => 1))::date,
            ends_on = (starts_on + make_interval(months => 2))::date - 1
        WHERE number = 1 AND license_id = (SELECT active FROM the)""",
        """UPDATE licenses_license SET ends_on = (anchor_on + make_interval(months => 3))::date - 1
        WHERE id = (SELECT active FROM the)""",
        "UPDATE licenses_renewal SET number = 2 WHERE source = 'balance'",
        "UPDATE licenses_bulkitem SET number = 2",
        "UPDATE licenses_notice SET period = 2 WHERE period = 1",
        """UPDATE billing_balanceentry SET key = regexp_replace(key, '/1$', '/2')
        WHERE kind = 'renewal'""",
    ),
    "told-as-renewed-means-paid": (
        """INSERT INTO licenses_notice (reseller_id, license_id, period, kind, "on", at)
        SELECT reseller_id, id, 2, 'paid', current_date, now()
        FROM licenses_license WHERE id = (SELECT active FROM the)""",
    ),
    "activations-match-licenses": (
        "DELETE FROM activation_activation WHERE license_id = (SELECT active FROM the)",
    ),
    "nothing-mixes-two-resellers": (
        """UPDATE mailing_mail SET actor_id = (
            SELECT id FROM resellers_user WHERE email = 'charlie@globex.example')""",
    ),
    "sent-mails-say-when": (
        DROP("mailing_mail", "mail_sent_when_done"),
        "UPDATE mailing_mail SET state = 'done' WHERE set_aside_at IS NULL",
    ),
    "own-texts-can-be-used": ("UPDATE mailing_emailtext SET body = '{retired}'",),
    "failures-have-a-reason": ("UPDATE mailing_mail SET state = 'failed', reason = ''",),
    "only-running-jobs-are-leased": (
        DROP("mailing_mail", "mail_running_under_claim"),
        "UPDATE mailing_mail SET state = 'running' WHERE set_aside_at IS NULL",
    ),
    "jobs-keep-to-their-attempts": ("UPDATE mailing_mail SET attempts = 6",),
    "finished-exports-are-whole": ("UPDATE exports_export SET rows = 6",),
    "bulk-changes-count-their-licenses": ("UPDATE licenses_bulkchange SET total = 9, done = 9",),
    "renewed-in-bulk-means-paid": ("UPDATE licenses_bulkitem SET renewal_id = NULL",),
    "resellers-have-accounts": ("DELETE FROM billing_account WHERE next_sequence = 1",),
    "balances-are-their-entries": ("UPDATE billing_account SET balance = balance + 1",),
    "entries-follow-each-other": (
        "UPDATE billing_balanceentry SET sequence = 7 WHERE sequence = 5",
        "UPDATE billing_account SET next_sequence = 8 WHERE next_sequence = 6",
    ),
    "entries-add-up": (
        DROP("billing_balanceentry", "entry_adds_up"),
        "UPDATE billing_balanceentry SET amount = amount + 1 WHERE sequence = 1",
        "UPDATE billing_balanceentry SET amount = amount - 1 WHERE sequence = 3",
    ),
    "accounts-number-on": ("UPDATE billing_account SET next_sequence = 7 WHERE next_sequence = 6",),
    "balances-keep-to-the-credit-limit": (
        DROP("billing_account", "account_within_credit_limit"),
        DROP("billing_account", "account_credit_limit_not_negative"),
        "UPDATE billing_account SET credit_limit = -5000 WHERE next_sequence = 6",
    ),
    "refunds-cancel-licenses": (
        "UPDATE licenses_license SET cancelled_at = now() WHERE id = (SELECT available FROM the)",
        "UPDATE orders_order SET available = 0 WHERE id = (SELECT placed FROM the)",
    ),
    "refunds-are-of-their-orders-licenses": (
        """UPDATE orders_refund SET order_id = (
            SELECT id FROM orders_order WHERE state = 'checking') WHERE state = 'asked'""",
    ),
    "refunds-match-entries": (
        "UPDATE billing_balanceentry SET key = 'refund/1' WHERE kind = 'refund'",
    ),
    "card-refunds-match-refunds": (
        "UPDATE billing_cardrefund SET amount = amount - 1 WHERE gateway_id = 're_renewal'",
    ),
    "refunds-are-their-parts": (
        "UPDATE orders_refund SET amount = amount + 1 WHERE state = 'approved'",
    ),
    "refunds-keep-to-what-was-paid": (
        """UPDATE orders_refund SET amount = 1000 WHERE id IN (
            SELECT refund_id FROM orders_refundpart WHERE card_refund_id IS NULL)""",
        "UPDATE orders_refundpart SET amount = 1000 WHERE card_refund_id IS NULL",
        """UPDATE billing_balanceentry SET amount = 1000, balance_after = balance_before + 1000
        WHERE kind = 'refund'""",
        """UPDATE billing_account SET balance = (SELECT sum(amount) FROM billing_balanceentry
        WHERE account_id = billing_account.id) WHERE next_sequence = 6""",
    ),
    "periods-are-paid-by-renewals": (
        "UPDATE licenses_period SET renewal_id = NULL WHERE number = 1",
    ),
    "renewals-match-entries": (
        "UPDATE billing_balanceentry SET reference = '1' WHERE kind = 'renewal'",
    ),
    "paid-renewals-have-the-try-that-paid": (
        "UPDATE licenses_renewalattempt SET outcome = 'declined' WHERE source = 'balance'",
    ),
    "unpaid-renewals-are-ahead": (
        "UPDATE licenses_license SET in_renewal = true WHERE id = (SELECT active FROM the)",
    ),
    "only-renewing-licenses-wait": WAITS,
    "card-deposits-match-entries": (
        """UPDATE billing_cardpayment SET state = 'succeeded', gateway_id = 'pi_1'
        WHERE purpose = 'deposit'""",
    ),
    "returned-deposits-match-entries": (
        """INSERT INTO billing_cardrefund (
            reseller_id, payment_id, key, amount, state, reason, gateway_id, checks, created_at,
            settled_at)
        SELECT reseller_id, id, 'deposit-refund/1', 1, 'otherwise', '', '', 0, now(), now()
        FROM billing_cardpayment WHERE purpose = 'deposit'""",
    ),
    "balances-instead-of-cards-match": (
        """UPDATE billing_balanceentry SET kind = 'adjustment', key = 'card-refund/1'
        WHERE kind = 'deposit' AND sequence = 3""",
    ),
    "card-renewals-match-payments": (
        "UPDATE billing_cardpayment SET amount = amount + 1 WHERE purpose = 'renewal'",
    ),
    "purchases-match-orders": (
        "UPDATE billing_balanceentry SET reference = '1' WHERE kind = 'purchase'",
    ),
}


@pytest.fixture
def world(acme: Reseller, alice: User, globex: Reseller, charlie: User) -> License:
    """Every kind of row at two resellers; returns Acme's active license with two periods."""
    license = make_world(acme, alice, globex, charlie)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE the ON COMMIT DROP AS
            SELECT order_id AS placed, id AS active, (
                SELECT id FROM licenses_license WHERE activated_at IS NULL AND cancelled_at IS NULL
            ) AS available, (
                SELECT id FROM licenses_period WHERE license_id = license.id AND number = 1
            ) AS next
            FROM licenses_license AS license WHERE id = %s
            """,
            [license.pk],
        )
    return license


def broken() -> dict[str, list[str]]:
    return {result.name: result.rows for result in check_all() if result.rows}


def test_a_right_world_is_clean(world: License) -> None:
    assert broken() == {}


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_is_broken_is_found_and_nothing_else(world: License, name: str) -> None:
    alter(*BREAKAGES[name])
    assert list(broken()) == [name]


def test_an_overlap_of_periods_is_found(world: License) -> None:
    alter(
        DROP("licenses_period", "periods_never_overlap"),
        "UPDATE licenses_period SET starts_on = starts_on - 1 WHERE id = (SELECT next FROM the)",
    )
    assert broken() == {rule: [str(world.uuid)] for rule in DRIFTING}


def test_a_gap_between_periods_is_found(world: License) -> None:
    alter("UPDATE licenses_period SET starts_on = starts_on + 1 WHERE id = (SELECT next FROM the)")
    assert broken() == {rule: [str(world.uuid)] for rule in DRIFTING}


def test_a_period_that_drifted_is_found(world: License) -> None:
    alter(
        "UPDATE licenses_period SET ends_on = ends_on + 1 WHERE id = (SELECT next FROM the)",
        "UPDATE licenses_license SET ends_on = ends_on + 1 WHERE id = (SELECT active FROM the)",
    )
    assert broken() == {"periods-are-counted-from-the-anchor": [str(world.uuid)]}


ODD_PARTS = {
    "another renewal's": """UPDATE licenses_renewal SET amount = amount + 1 WHERE source = 'card';
        UPDATE licenses_renewalattempt SET amount = amount + 1 WHERE source = 'card'""",
    "one that had begun": """UPDATE orders_refund SET decided_at = now() + interval '999 days'
        WHERE state = 'approved'""",
    "to the balance": """UPDATE orders_refundpart SET card_refund_id = NULL
        WHERE renewal_id IS NOT NULL""",
    "to another payment": """UPDATE billing_cardpayment SET data = '{"attempt": 0}'
        WHERE purpose = 'renewal'""",
    "to another card": """UPDATE billing_cardrefund SET payment_id = (
            SELECT id FROM billing_cardpayment WHERE purpose = 'renewal')
        WHERE key LIKE 'refund/purchase/%'""",
    "two shares": "UPDATE orders_refundpart SET renewal_id = NULL",
}


def test_a_deposit_that_did_not_come_and_was_booked_is_found(world: License) -> None:
    entry = make_entry(world.reseller, "50.00", key=f"deposit/{CardPayment.objects.all()[0].uuid}")
    assert broken() == {"card-deposits-match-entries": [entry.key]}


UNUSED = "UPDATE billing_cardpayment SET data = '{\"attempt\": 0}' WHERE purpose = 'renewal'"
NO_PAYMENT = "DELETE FROM billing_cardpayment WHERE purpose = 'renewal'"


@pytest.mark.parametrize("odd", [UNUSED, NO_PAYMENT])
def test_a_renewal_by_card_without_its_payment_is_found(world: License, odd: str) -> None:
    alter(odd)
    assert len(broken()["card-renewals-match-payments"]) == 1


@pytest.mark.parametrize("odd", ODD_PARTS)
def test_a_part_that_goes_back_elsewhere_is_found(world: License, odd: str) -> None:
    alter("DROP INDEX refund_part_of_order_once", ODD_PARTS[odd])
    assert "refunds-are-their-parts" in broken()


def test_every_invariant_is_broken_once_here() -> None:
    assert {rule.name for rule in invariants()} == {*BREAKAGES, *DRIFTING}


@pytest.mark.parametrize(
    ("table", "column"),
    [(relation.model._meta.db_table, relation.column) for relation in tenant_relations()],
)
def test_a_row_that_names_nobody_is_found(world: License, table: str, column: str) -> None:
    naming_nobody = SQL(
        "UPDATE {table} SET {column} = -1"
        " WHERE id = (SELECT min(id) FROM {table} WHERE {column} IS NOT NULL) RETURNING id"
    ).format(table=Identifier(table), column=Identifier(column))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(naming_nobody)
        [(row,)] = cursor.fetchall()
    relation = column.removesuffix("_id")
    assert broken()["nothing-mixes-two-resellers"] == [f"{table} {row}: {relation}"]


def test_staff_may_be_named_anywhere(world: License, sam: User) -> None:
    world.reseller.mails.update(actor=sam)
    assert broken() == {}


def test_the_command_says_that_everything_holds(world: License) -> None:
    out = StringIO()
    call_command("verify", stdout=out)
    assert f"Checked {len(invariants())} rules" in out.getvalue()
    assert "everything holds" in out.getvalue()


def test_the_command_lists_what_is_broken_and_fails(acme: Reseller) -> None:
    numbers = sorted(OrderFactory.create(reseller=acme, available=0).number for _ in range(12))
    out = StringIO()
    with pytest.raises(CommandError, match="1 of ") as failure:
        call_command("verify", stdout=out)
    assert failure.value.returncode == 1
    assert [number in out.getvalue() for number in numbers] == [True] * SHOWN + [False] * 2
    assert "and 2 more" in out.getvalue()
    assert "An order that was paid has as many licenses as it says" in out.getvalue()


def test_a_name_is_given_once() -> None:
    def available_is_counted_right() -> Iterable[str]:
        return []

    invariants()
    with pytest.raises(ValueError, match="declared twice"):
        invariant("Another rule.")(available_is_counted_right)


def test_a_strange_code_is_not_shown(world: License) -> None:
    alter(*BREAKAGES["codes-are-well-formed"])
    assert broken()["codes-are-well-formed"] == [str(world.uuid)]
