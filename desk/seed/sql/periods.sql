-- Every period from the anchor to the stored To, counted as licenses/calendar.py counts.
INSERT INTO licenses_period (reseller_id, license_id, number, starts_on, ends_on)
SELECT
    license.reseller_id, license.id, k,
    (anchor_on + make_interval(months => k * term_months))::date,
    (anchor_on + make_interval(months => (k + 1) * term_months))::date - 1
FROM licenses_license AS license
JOIN seed_order USING (order_id)
CROSS JOIN generate_series(0, (
    12 * (extract(year FROM ends_on + 1) - extract(year FROM anchor_on))
    + extract(month FROM ends_on + 1) - extract(month FROM anchor_on)
)::int / term_months - 1) AS k
WHERE anchor_on IS NOT NULL
    AND license.id > %(above)s AND license.id <= %(upto)s
ORDER BY license.id, k
