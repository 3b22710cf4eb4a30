"""The ledger is append-only, and every reseller has an account.

The trigger also refuses TRUNCATE. It is an ordinary one, so that a database for tests, and only
that, can be emptied with `session_replication_role = replica`.
"""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION billing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the ledger are never changed or deleted (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
            HINT = 'Post an adjustment instead.';
END
$$;
CREATE TRIGGER billing_balanceentry_append_only BEFORE UPDATE OR DELETE ON billing_balanceentry
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_balanceentry_never_emptied BEFORE TRUNCATE ON billing_balanceentry
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
"""
NO_LONGER = """
DROP TRIGGER billing_balanceentry_never_emptied ON billing_balanceentry;
DROP TRIGGER billing_balanceentry_append_only ON billing_balanceentry;
DROP FUNCTION billing_refuse_change();
"""
ACCOUNTS = """
INSERT INTO billing_account (reseller_id, balance, credit_limit, next_sequence, parked_because)
SELECT id, 0, 0, 1, '' FROM resellers_reseller ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, NO_LONGER),
        migrations.RunSQL(ACCOUNTS, migrations.RunSQL.noop),
    ]
