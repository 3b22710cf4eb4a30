-- Every license that was cancelled was refunded by the vendor's staff at that moment.
INSERT INTO orders_refund (
    reseller_id, order_id, license_id, amount, state, reason, asked_at, answer, decided_by_id,
    decided_at)
SELECT
    license.reseller_id, order_id, license.id, unit_amount, 'approved',
    CASE WHEN activated_at IS NULL THEN 'Bought by mistake' ELSE 'The customer sent it back' END,
    cancelled_at, '', %(staff)s, cancelled_at
FROM licenses_license AS license
JOIN seed_order USING (order_id)
WHERE cancelled_at IS NOT NULL
ORDER BY cancelled_at, license.id
