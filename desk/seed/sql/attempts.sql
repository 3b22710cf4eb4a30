-- The tries at what was not paid: daily from 7 days before To to the end of grace, or today.
INSERT INTO licenses_renewalattempt (
    reseller_id, renewal_id, "on", at, source, outcome, reason)
SELECT
    renewal.reseller_id, renewal.id, day, (day + time '00:05') AT TIME ZONE zone, 'balance',
    'not_covered', 'The balance did not cover it. Deposit money, or pay it by hand.'
FROM licenses_renewal AS renewal
JOIN licenses_license AS license ON license.id = license_id
JOIN seed_order USING (order_id)
JOIN catalog_product AS product ON product.id = license.product_id
CROSS JOIN LATERAL (
    SELECT generate_series(ends_on - 7, least(ends_on + grace_days, today), interval '1 day')::date
        AS day
) AS days
WHERE renewal.state IN ('waiting', 'ended')
ORDER BY day, renewal.id
