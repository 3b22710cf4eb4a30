-- Every period from the anchor to the stored To, counted as licenses/calendar.py counts, each after
-- the first with the renewal that the balance paid, 7 days before the To of then.
WITH period AS (
    SELECT
        license.reseller_id, license.id AS license_id, order_id, k AS number, zone,
        (anchor_on + make_interval(months => k * term_months))::date AS starts_on,
        (anchor_on + make_interval(months => (k + 1) * term_months))::date - 1 AS ends_on,
        CASE WHEN k > 0 THEN
            (SELECT coalesce(max(id), %(first_renewal)s - 1) FROM licenses_renewal)
            + count(*) FILTER (WHERE k > 0) OVER (ORDER BY license.id, k)
        END AS renewal_id
    FROM licenses_license AS license
    JOIN seed_order USING (order_id)
    CROSS JOIN generate_series(0, (
        12 * (extract(year FROM ends_on + 1) - extract(year FROM anchor_on))
        + extract(month FROM ends_on + 1) - extract(month FROM anchor_on)
    )::int / term_months - 1) AS k
    WHERE anchor_on IS NOT NULL
        AND license.id > %(above)s AND license.id <= %(upto)s
), renewal AS (
    INSERT INTO licenses_renewal (
        id, reseller_id, license_id, number, state, amount, source, created_at, settled_at)
    SELECT renewal_id, reseller_id, license_id, number, 'paid', amount, 'balance', at, at
    FROM period
    CROSS JOIN LATERAL (
        SELECT
            starts_on - 8 AS day,
            least((starts_on - 8 + time '00:05') AT TIME ZONE zone, %(now)s) AS at
    ) AS charged
    JOIN seed_price AS price
        ON price.order_id = period.order_id AND day >= valid_from AND day < valid_until
    WHERE number > 0
    ORDER BY renewal_id
)
INSERT INTO licenses_period (reseller_id, license_id, number, starts_on, ends_on, renewal_id)
SELECT reseller_id, license_id, number, starts_on, ends_on, renewal_id
FROM period
ORDER BY license_id, number
