"""Codes that were replaced; no license ever gets one of them (again).

The triggers run after the change, when a waiting unique key has let it through: what was replaced
meanwhile is seen.
"""

import django.db.models.deletion
import reseller_portal.constraints
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION licenses_refuse_replaced_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM given JOIN licenses_replacedcode AS replaced ON replaced.code = given.activation_code)
    THEN
        RAISE EXCEPTION 'a replaced activation code is never given out again'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'license_code_never_replaced';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER license_code_never_replaced AFTER INSERT ON licenses_license
    REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION licenses_refuse_replaced_codes();
CREATE FUNCTION licenses_refuse_a_replaced_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM licenses_replacedcode WHERE code = NEW.activation_code) THEN
        RAISE EXCEPTION 'a replaced activation code is never given out again'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'license_code_never_replaced';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER license_code_never_back AFTER UPDATE OF activation_code ON licenses_license
    FOR EACH ROW EXECUTE FUNCTION licenses_refuse_a_replaced_code();
"""
NO_LONGER = """
DROP TRIGGER license_code_never_back ON licenses_license;
DROP TRIGGER license_code_never_replaced ON licenses_license;
DROP FUNCTION licenses_refuse_a_replaced_code();
DROP FUNCTION licenses_refuse_replaced_codes();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('licenses', '0004_in_renewal'),
        ('resellers', '0004_defaults'),
    ]

    operations = [
        migrations.AddField(
            model_name='license',
            name='code_number',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.CreateModel(
            name='ReplacedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('code', models.CharField(db_collation='C', editable=False, max_length=40, unique=True, verbose_name='activation code')),
                ('replaced_at', models.DateTimeField(verbose_name='replaced at')),
                ('license', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_codes', to='licenses.license')),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resellers.reseller')),
            ],
            options={
                'verbose_name': 'replaced code',
                'verbose_name_plural': 'replaced codes',
                'ordering': ('license', 'number'),
                'constraints': [reseller_portal.constraints.SameReseller(field='license', name='replaced_code_license_same_reseller'), models.UniqueConstraint(fields=('license', 'number'), name='replaced_code_once')],
            },
        ),
        migrations.RunSQL(REFUSE, NO_LONGER),
    ]
