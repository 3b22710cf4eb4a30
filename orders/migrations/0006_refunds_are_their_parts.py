"""A refund that was approved is the sum of its parts; earlier ones get theirs.

What went back before for a license of an order by balance was its share of the order, and each
renewal from the balance that had not begun; of an order by card it was the share alone. Renewals
that had not begun are the last ones, and the amount says how many they were: the day that it was in
the company's zone then is nowhere to be read. An amount that no number of them explains is the
order's part as a whole.
"""

from django.db import migrations

EARLIER = """
WITH approved AS (
    SELECT
        refund.*, placed.card_payment_id, placed.payment_type,
        refund.amount - placed.unit_amount AS of_renewals
    FROM orders_refund AS refund
    JOIN orders_order AS placed ON placed.id = order_id
    WHERE refund.state = 'approved'
), paid AS (
    SELECT
        approved.reseller_id, approved.id AS refund_id, renewal.id AS renewal_id, renewal.amount,
        of_renewals,
        sum(renewal.amount) OVER (PARTITION BY approved.id ORDER BY number DESC) AS so_far
    FROM approved
    JOIN licenses_renewal AS renewal
        ON renewal.license_id = approved.license_id AND renewal.state = 'paid'
    WHERE payment_type = 'balance' AND source = 'balance' AND renewal.amount > 0
), ahead AS (
    SELECT paid.*
    FROM paid
    JOIN paid AS earliest USING (refund_id)
    WHERE earliest.so_far = earliest.of_renewals AND paid.so_far <= earliest.so_far
)
INSERT INTO orders_refundpart (reseller_id, refund_id, renewal_id, amount, card_refund_id)
SELECT
    reseller_id, id, NULL::bigint,
    amount - coalesce((SELECT sum(ahead.amount) FROM ahead WHERE refund_id = approved.id), 0),
    (
        SELECT min(sent.id)
        FROM billing_cardrefund AS sent
        WHERE payment_id = card_payment_id AND created_at = decided_at
    )
FROM approved
UNION ALL
SELECT reseller_id, refund_id, renewal_id, amount, NULL FROM ahead
ORDER BY 2, 3 NULLS FIRST;
SET CONSTRAINTS ALL IMMEDIATE;
"""
NOW_ON = """
CREATE FUNCTION orders_check_refund(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM orders_refund
        WHERE id = checked AND CASE state WHEN 'approved' THEN amount END IS DISTINCT FROM (
            SELECT sum(amount) FROM orders_refundpart WHERE refund_id = checked)
    ) THEN
        RAISE EXCEPTION 'refund % is not the sum of its parts', checked
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'refund_is_its_parts';
    END IF;
END
$$;
CREATE FUNCTION orders_refund_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orders_check_refund(NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION orders_refundpart_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orders_check_refund(coalesce(NEW.refund_id, OLD.refund_id));
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER refund_is_its_parts AFTER INSERT OR UPDATE OF state, amount
    ON orders_refund DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION orders_refund_changed();
CREATE CONSTRAINT TRIGGER refund_is_its_parts AFTER INSERT OR UPDATE OR DELETE
    ON orders_refundpart DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION orders_refundpart_changed();
"""
NO_LONGER = """
DROP TRIGGER refund_is_its_parts ON orders_refundpart;
DROP TRIGGER refund_is_its_parts ON orders_refund;
DROP FUNCTION orders_refundpart_changed();
DROP FUNCTION orders_refund_changed();
DROP FUNCTION orders_check_refund(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_refund_parts")]

    operations = [
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(NOW_ON, NO_LONGER),
    ]
