-- The licenses that were to renew, and ended because nothing paid: those in grace are tried again
-- tomorrow, the others are over.
INSERT INTO licenses_renewal (
    id, reseller_id, license_id, number, state, next_attempt_on, source, created_at)
SELECT
    (SELECT coalesce(max(id), %(first_renewal)s - 1) FROM licenses_renewal)
        + row_number() OVER (ORDER BY license.id),
    license.reseller_id, license.id, last.number + 1,
    CASE WHEN ends_on + grace_days > today THEN 'waiting' ELSE 'ended' END,
    CASE WHEN ends_on + grace_days > today THEN today + 1 END, '',
    (ends_on - 7 + time '00:05') AT TIME ZONE zone
FROM licenses_license AS license
JOIN seed_order USING (order_id)
JOIN catalog_product AS product ON product.id = license.product_id
CROSS JOIN LATERAL (
    SELECT (
        12 * (extract(year FROM ends_on + 1) - extract(year FROM anchor_on))
        + extract(month FROM ends_on + 1) - extract(month FROM anchor_on)
    )::int / term_months - 1 AS number
) AS last
WHERE license.recurrent AND ends_on < today
ORDER BY 1
