"""Accounts are marked while their balance is low.

The mark is kept by a trigger, so that no way of moving a balance can miss a crossing. It fires in
every replication role: a check relies on it.
"""

from decimal import Decimal

from django.db import migrations, models

WATCH = """
CREATE FUNCTION billing_watch_low_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance >= NEW.low_balance_below THEN
        NEW.low_since := NULL;
        NEW.low_told_at := NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.low_since IS NOT NULL THEN
        NEW.low_since := OLD.low_since;
    ELSE
        NEW.low_since := clock_timestamp();
        NEW.low_told_at := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER billing_account_low_balance BEFORE INSERT OR UPDATE ON billing_account
    FOR EACH ROW EXECUTE FUNCTION billing_watch_low_balance();
ALTER TABLE billing_account ENABLE ALWAYS TRIGGER billing_account_low_balance;
"""
NO_LONGER = """
DROP TRIGGER billing_account_low_balance ON billing_account;
DROP FUNCTION billing_watch_low_balance();
"""
MARK = "UPDATE billing_account SET balance = balance WHERE balance < low_balance_below"


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_vendor_and_tax'),
        ('resellers', '0003_addresses_and_tax'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='low_balance_below',
            field=models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='warned below'),
        ),
        migrations.AddField(
            model_name='account',
            name='low_since',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='low since'),
        ),
        migrations.AddField(
            model_name='account',
            name='low_told_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='told at'),
        ),
        migrations.RunSQL(WATCH, NO_LONGER),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('low_since__isnull', False), ('low_told_at', None)), fields=['reseller'], name='account_low_untold'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('balance__gte', models.F('low_balance_below')), ('low_since', None), ('low_told_at', None)), models.Q(('balance__lt', models.F('low_balance_below')), ('low_since__isnull', False)), _connector='OR'), name='account_low_while_below'),
        ),
    ]
