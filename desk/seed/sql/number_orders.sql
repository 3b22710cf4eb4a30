-- The planned orders in the sequence in which they were placed, with their ids and the last id of
-- the licenses before theirs. An order whose payment is not known to have worked has no licenses.
CREATE TEMPORARY TABLE seed_order ON COMMIT DROP AS
SELECT *,
    %(first_order)s - 1 + row_number() OVER placed AS order_id,
    %(first_license)s - 1 + coalesce(sum(licenses) OVER before, 0)::bigint AS licenses_before
FROM (
    SELECT
        *, (placed_at AT TIME ZONE zone)::date AS placed_on, today + 8 AS renewed_upto,
        CASE WHEN state IN ('checking', 'failed') THEN 0 ELSE quantity END AS licenses
    FROM seed_plan
    JOIN seed_market USING (reseller_id)
) AS plan
WINDOW
    placed AS (ORDER BY placed_at, newest, number),
    before AS (placed ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY order_id
