-- Licenses in use, all bought and activated eleven months and more ago: their To is within a week.
WITH license AS (
    INSERT INTO licenses_license (
        reseller_id, uuid, order_id, product_id, activation_code, recurrent, customer_id,
        activated_at, anchor_on, ends_on)
    SELECT
        placed.reseller_id, gen_random_uuid(), placed.id, placed.product_id,
        regexp_replace(
            substr(translate(upper(md5(placed.id || '/' || n)), '01', 'XY'), 1, 30),
            '(.{5})(?!$)', '\1-', 'g'),
        true, customer.id, anchor_on + interval '12 hours', anchor_on,
        (anchor_on + interval '1 year')::date - 1
    FROM orders_order AS placed
    JOIN activation_customer AS customer ON customer.reseller_id = placed.reseller_id
    CROSS JOIN generate_series(1, quantity) AS n
    CROSS JOIN LATERAL (
        SELECT (%(today)s - interval '1 year')::date + n %% 6 + 1 AS anchor_on
    ) AS days
    WHERE placed.reseller_id = ANY(%(resellers)s)
    RETURNING *
), period AS (
    INSERT INTO licenses_period (reseller_id, license_id, number, starts_on, ends_on)
    SELECT reseller_id, id, 0, anchor_on, ends_on FROM license
)
INSERT INTO activation_activation (reseller_id, license_id, customer_id, terms_version, at)
SELECT reseller_id, id, customer_id, '1', activated_at FROM license
