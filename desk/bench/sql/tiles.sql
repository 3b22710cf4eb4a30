-- The newest 25 orders of a company with what a tile shows, in one query.
SELECT
    placed.id, placed.number, placed.placed_at, placed.quantity, placed.available, placed.amount,
    placed.currency, placed.state, placed.payment_type, product.name, person.name, partner.name,
    counted.active, counted.cancelled
FROM (
    SELECT *
    FROM orders_order
    WHERE reseller_id = %(reseller)s
    ORDER BY placed_at DESC, id DESC
    LIMIT 25
) AS placed
JOIN catalog_product AS product ON product.id = placed.product_id
JOIN resellers_user AS person ON person.id = placed.user_id
LEFT JOIN resellers_distributioncompany AS partner ON partner.id = placed.distribution_company_id
LEFT JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE cancelled_at IS NULL AND ends_on >= %(today)s) AS active,
        count(*) FILTER (WHERE cancelled_at IS NOT NULL) AS cancelled
    FROM licenses_license
    WHERE reseller_id = %(reseller)s AND order_id = placed.id
) AS counted ON true
ORDER BY placed.placed_at DESC, placed.id DESC
