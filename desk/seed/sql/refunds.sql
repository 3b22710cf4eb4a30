-- Every license that was cancelled was refunded by the vendor's staff at that moment: its share of the
-- order, to where that came from, and a renewal that had not begun, to the balance.
WITH cancelled AS (
    SELECT
        license.*, unit_amount, payment_type, renewal.id AS renewal_id, renewal.amount AS ahead
    FROM licenses_license AS license
    JOIN seed_order USING (order_id)
    LEFT JOIN licenses_renewal AS renewal
        ON renewal.license_id = license.id AND renewal.state = 'paid'
    WHERE cancelled_at IS NOT NULL
), refund AS (
    INSERT INTO orders_refund (
        reseller_id, order_id, license_id, amount, state, reason, asked_at, answer, decided_by_id,
        decided_at)
    SELECT
        reseller_id, order_id, id, unit_amount + coalesce(ahead, 0), 'approved',
        CASE WHEN activated_at IS NULL
            THEN 'Bought by mistake' ELSE 'The customer sent it back' END,
        cancelled_at, '', %(staff)s, cancelled_at
    FROM cancelled
    ORDER BY cancelled_at, id
    RETURNING id, license_id
)
INSERT INTO orders_refundpart (reseller_id, refund_id, renewal_id, amount, card_refund_id)
SELECT cancelled.reseller_id, refund.id, NULL::bigint, unit_amount, sent.id
FROM refund
JOIN cancelled ON cancelled.id = license_id
LEFT JOIN billing_cardrefund AS sent
    ON payment_type = 'card' AND payment_id = order_id AND created_at = cancelled_at
UNION ALL
SELECT cancelled.reseller_id, refund.id, renewal_id, ahead, NULL
FROM refund
JOIN cancelled ON cancelled.id = license_id
WHERE renewal_id IS NOT NULL
ORDER BY 2, 3 NULLS FIRST
