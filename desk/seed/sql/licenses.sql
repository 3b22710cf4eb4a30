-- The licenses of a batch of orders, each with what became of it.
--
-- Whatever differs between the licenses of an order is read from the SHA-512 of the seed, the order
-- number and the license's place in the order: the same plan gives the same licenses. The first 24
-- bytes make the code, the next 16 the UUID; of the rest, two bytes make a number from 0 to 1.
-- OFFSET 0 keeps each step whole, so that nothing is computed twice.
INSERT INTO licenses_license (
    id, reseller_id, uuid, order_id, product_id, activation_code, recurrent, customer_id,
    activated_at, anchor_on, ends_on, cancelled_at)
WITH placed AS (
    SELECT
        plan.*, licenses_before + n AS license_id,
        n <= sold AS is_sold,
        n <= cancelled_sold OR n > quantity - cancelled_unsold AS is_cancelled,
        sha512(convert_to(concat_ws(':', %(seed)s, number, n), 'UTF8')) AS hash
    FROM seed_order AS plan, generate_series(1, licenses) AS n
    WHERE order_id > %(above)s AND order_id <= %(upto)s
    OFFSET 0
), drawn AS (
    SELECT
        *,
        floor((get_byte(hash, 40) * 256 + get_byte(hash, 41)) / 65536.0
            * (delay_days + 1))::int AS delay,
        (get_byte(hash, 42) * 256 + get_byte(hash, 43)) / 65536.0::float AS hour_draw,
        (get_byte(hash, 44) * 256 + get_byte(hash, 45)) / 65536.0::float AS keep_draw,
        (get_byte(hash, 46) * 256 + get_byte(hash, 47)) / 65536.0::float AS switch_draw,
        (get_byte(hash, 48) * 256 + get_byte(hash, 49)) / 65536.0::float AS period_draw,
        (get_byte(hash, 50) * 256 + get_byte(hash, 51)) / 65536.0::float AS cancel_draw,
        -- letters and digits without look-alikes, as in licenses/codes.py
        translate(upper(encode(substr(hash, 1, 24), 'base64') COLLATE "C"), 'IO01+/', 'HJ29KM')
            AS code
    FROM placed
    OFFSET 0
), activated AS (
    -- at work on a later day, or within hours of the order; never in the future
    SELECT
        *,
        date_trunc('second', CASE
            WHEN NOT is_sold THEN NULL
            WHEN delay = 0 THEN
                placed_at + hour_draw * least(interval '6 hours', %(now)s - placed_at)
            ELSE
                (placed_on + delay + time '08:00' + hour_draw * interval '10 hours')
                    AT TIME ZONE zone
        END) AS activated_at
    FROM drawn
    OFFSET 0
), anchored AS (
    SELECT *, (activated_at AT TIME ZONE zone)::date AS anchor_on
    FROM activated
    OFFSET 0
), counted AS (
    -- whole terms in the calendar months from the anchor to a day; the last of them may not be over
    SELECT
        *,
        (12 * (date_part('year', today) - date_part('year', anchor_on))
            + date_part('month', today) - date_part('month', anchor_on))::int
            / term_months AS terms_past,
        (12 * (date_part('year', renewed_upto) - date_part('year', anchor_on))
            + date_part('month', renewed_upto) - date_part('month', anchor_on))::int
            / term_months AS terms_due
    FROM anchored
    OFFSET 0
), renewed AS (
    -- the number of the period that holds today, and of that which holds the last day for which
    -- renewals were made (they are, from 7 days before To on)
    SELECT
        *,
        terms_past - (anchor_on + make_interval(months => terms_past * term_months)
            > today)::int AS period_today,
        terms_due - (anchor_on + make_interval(months => terms_due * term_months)
            > renewed_upto)::int AS period_due
    FROM counted
    OFFSET 0
), fated AS (
    SELECT
        *,
        NOT is_cancelled AND (period_today = 0 OR keep_draw < kept) AS is_kept,
        CASE WHEN is_cancelled THEN date_trunc('second', coalesce(activated_at, placed_at)
            + cancel_draw * least(interval '25 days', %(now)s - coalesce(activated_at, placed_at)))
        END AS cancelled_at
    FROM renewed
    OFFSET 0
), billed AS (
    SELECT
        *,
        NOT is_cancelled AND CASE
            WHEN NOT is_sold THEN recurrent
            WHEN is_kept THEN recurrent <> (switch_draw < switched)
            ELSE recurrent AND switch_draw < failing
        END AS is_recurrent
    FROM fated
    OFFSET 0
), lived AS (
    SELECT
        *,
        CASE
            -- one that renewed may have been renewed, 8 days before its period ended
            WHEN is_cancelled THEN 1 + (recurrent AND coalesce((cancelled_at AT TIME ZONE zone)::date
                > (anchor_on + make_interval(months => term_months))::date - 8, false))::int
            WHEN is_kept AND is_recurrent THEN period_due + 1
            WHEN is_kept THEN period_today + 1
            ELSE 1 + floor(period_draw * period_draw * period_today)::int
        END AS periods
    FROM billed
    OFFSET 0
)
SELECT
    license_id, reseller_id,
    overlay(overlay(encode(substr(hash, 25, 16), 'hex') PLACING '4' FROM 13)
        PLACING 'a' FROM 17)::uuid,
    order_id, product_id,
    concat_ws('-', substr(code, 1, 5), substr(code, 6, 5), substr(code, 11, 5),
        substr(code, 16, 5), substr(code, 21, 5), substr(code, 26, 5)),
    is_recurrent,
    CASE WHEN is_sold THEN first_customer
        + (customer_draw + (license_id - licenses_before - 1) / 6 * 7919) %% customers END,
    activated_at, anchor_on,
    (anchor_on + make_interval(months => periods * term_months))::date - 1,
    cancelled_at
FROM lived
