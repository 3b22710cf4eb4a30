-- Every third activation was done by the person who ordered, the others by the customer's link.
INSERT INTO activation_activation (reseller_id, license_id, customer_id, by_id, terms_version, at)
SELECT
    license.reseller_id, license.id, license.customer_id,
    CASE WHEN get_byte(uuid_send(uuid), 0) < 85 THEN user_id END,
    terms_version, activated_at
FROM licenses_license AS license
JOIN seed_order USING (order_id)
JOIN catalog_product AS product ON product.id = license.product_id
WHERE activated_at IS NOT NULL
ORDER BY activated_at, license.id
