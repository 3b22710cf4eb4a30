-- A customer exists from its first activation on.
INSERT INTO activation_customer (
    id, reseller_id, uuid, email, company, name, country, created_at)
SELECT
    id, reseller_id,
    overlay(overlay(md5('customer ' || %(seed)s || ' ' || id) PLACING '4' FROM 13)
        PLACING 'a' FROM 17)::uuid,
    email, company, name, country, first_at
FROM seed_customer
JOIN (
    SELECT customer_id, min(activated_at) AS first_at
    FROM licenses_license
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id
) AS activated ON activated.customer_id = id
ORDER BY id
