-- The try that paid each renewal that was paid; and the tries at what was not paid: daily from 7
-- days before To to the end of grace, or today.
INSERT INTO licenses_renewalattempt (
    reseller_id, renewal_id, "on", at, source, outcome, amount, reason)
SELECT
    renewal.reseller_id, renewal.id, (settled_at AT TIME ZONE time_zone)::date, settled_at, source,
    'paid', amount, ''
FROM licenses_renewal AS renewal
JOIN resellers_reseller AS reseller ON reseller.id = renewal.reseller_id
WHERE state = 'paid'
UNION ALL
SELECT
    renewal.reseller_id, renewal.id, day,
    least((day + time '00:05') AT TIME ZONE zone, %(now)s), 'balance', 'not_covered', price.amount,
    'The balance did not cover it. Deposit money, or pay it by hand.'
FROM licenses_renewal AS renewal
JOIN licenses_license AS license ON license.id = license_id
JOIN seed_order USING (order_id)
JOIN catalog_product AS product ON product.id = license.product_id
CROSS JOIN LATERAL (
    SELECT generate_series(ends_on - 7, least(ends_on + grace_days, today), interval '1 day')::date
        AS day
) AS days
JOIN seed_price AS price
    ON price.order_id = license.order_id AND day >= valid_from AND day < valid_until
WHERE renewal.state IN ('waiting', 'ended')
ORDER BY 4, 2
