-- The columns of the license keys' CSV as they are: without a guard against formulas.
SELECT
    activation_code, anchor_on, ends_on, recurrent AND activated_at IS NOT NULL, recurrent,
    partner.name, product.name, placed.number,
    CASE
        WHEN cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN activated_at IS NULL THEN 'available'
        WHEN ends_on >= current_date THEN 'active'
        WHEN ends_on >= current_date - grace_days THEN 'grace'
        ELSE 'expired'
    END,
    customer.company, 'http://127.0.0.1/activate/' || activation_code || '/'
FROM licenses_license AS license
JOIN orders_order AS placed ON placed.id = license.order_id
JOIN catalog_product AS product ON product.id = license.product_id
LEFT JOIN resellers_distributioncompany AS partner ON partner.id = placed.distribution_company_id
LEFT JOIN activation_customer AS customer ON customer.id = license.customer_id
WHERE license.reseller_id = %(reseller)s
ORDER BY placed.placed_at DESC, placed.id DESC, license.id
