-- What a renewal of each order's licenses costs, and on which days.
CREATE TEMPORARY TABLE seed_price ON COMMIT DROP AS
SELECT
    order_id, amount, valid_from,
    lead(valid_from, 1, 'infinity') OVER (PARTITION BY order_id ORDER BY valid_from) AS valid_until
FROM seed_order AS placed
JOIN catalog_price AS price USING (product_id, term_months, currency)
WHERE sold > 0 AND minimum_quantity = (
    SELECT max(minimum_quantity)
    FROM catalog_price AS tier
    WHERE tier.product_id = placed.product_id AND tier.term_months = placed.term_months
        AND tier.currency = placed.currency AND tier.minimum_quantity <= quantity
)
