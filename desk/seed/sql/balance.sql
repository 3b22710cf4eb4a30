-- The accounts' last 13 stretches of 30 days: each begins with a deposit that covers what is spent in
-- it, so that no balance is ever below zero. Orders older than the first deposit are from the time
-- before there were accounts. Acme's deposits add up to 25,000 more than what can fall due in the
-- next 13 months, whatever is renewed by then.
INSERT INTO billing_balanceentry (
    reseller_id, account_id, sequence, kind, amount, balance_before, balance_after, key, reference,
    tax_rate, actor_id, at)
WITH stretch AS (
    -- on a weekday, before anybody works
    SELECT
        reseller_id, k,
        (today - 375 + 30 * k - greatest(date_part('isodow', today - 375 + 30 * k)::int - 5, 0)
            + time '07:00' + reseller_id %% 40 * interval '1 minute') AT TIME ZONE zone
            AS begins_at
    FROM seed_market, generate_series(0, 12) AS k
), movement AS (
    SELECT
        reseller_id, 'purchase' AS kind, -unit_amount * quantity AS amount,
        'purchase/' || number AS key, number AS reference, tax_rate, user_id AS actor_id,
        placed_at AS at
    FROM seed_order
    WHERE payment_type = 'balance' AND licenses > 0
    UNION ALL
    SELECT
        part.reseller_id, 'refund', part.amount,
        concat_ws('/', 'refund', uuid, renewal.number),
        concat_ws('/', placed.number, CASE WHEN renewal.id IS NOT NULL THEN uuid END), tax_rate,
        decided_by_id, decided_at
    FROM orders_refundpart AS part
    JOIN orders_refund AS refund ON refund.id = refund_id
    JOIN licenses_license AS license ON license.id = refund.license_id
    JOIN seed_order AS placed ON placed.order_id = refund.order_id
    LEFT JOIN licenses_renewal AS renewal ON renewal.id = renewal_id
    WHERE card_refund_id IS NULL
    UNION ALL
    SELECT
        renewal.reseller_id, 'renewal', -amount, concat('renewal/', uuid, '/', renewal.number),
        concat(placed.number, '/', uuid), tax_rate, NULL, settled_at
    FROM licenses_renewal AS renewal
    JOIN licenses_license AS license ON license.id = license_id
    JOIN seed_order AS placed USING (order_id)
    WHERE renewal.state = 'paid' AND settled_at > %(now)s - interval '380 days'
), charge AS (
    -- what the licenses of one kind and one last day would cost at today's prices
    SELECT
        count(*) AS licenses, term_months,
        12 * (date_part('year', today + 400) - date_part('year', ends_on))
            + date_part('month', today + 400) - date_part('month', ends_on) AS months_left,
        (
            SELECT amount
            FROM catalog_price AS price
            WHERE price.product_id = placed.product_id AND price.term_months = placed.term_months
                AND price.currency = placed.currency AND minimum_quantity <= quantity
                AND valid_from <= today
            ORDER BY minimum_quantity DESC, valid_from DESC
            LIMIT 1
        ) AS amount
    FROM licenses_license AS license
    JOIN seed_order AS placed USING (order_id)
    WHERE placed.reseller_id = %(acme)s AND license.recurrent AND activated_at IS NOT NULL
    GROUP BY placed.product_id, term_months, placed.currency, quantity, today, ends_on
), due AS (
    SELECT coalesce(sum(licenses * amount * (months_left::int / term_months + 1)), 0) AS amount
    FROM charge
    WHERE months_left >= 0
), spent AS (
    -- one pass in the sequence of time: a join by range would compare each stretch with each movement
    SELECT
        reseller_id, k, min(at) AS begins_at,
        coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS amount
    FROM (
        SELECT reseller_id, at, amount, max(k) OVER (PARTITION BY reseller_id ORDER BY at) AS k
        FROM (
            SELECT reseller_id, at, amount, NULL::int AS k FROM movement
            UNION ALL
            SELECT reseller_id, begins_at, 0, k FROM stretch
        ) AS both_in_time
    ) AS within
    WHERE k IS NOT NULL
    GROUP BY reseller_id, k
), deposit AS (
    SELECT
        reseller_id, 'deposit',
        100 * ceil((spent.amount * 1.02 + CASE
            WHEN reseller_id = %(acme)s THEN (due.amount + 25000) / 13
            ELSE 300
        END) / 100),
        'transfer/' || bank_reference, bank_reference, 0, %(staff)s::bigint, begins_at
    FROM spent, due, concat('NTRF ', to_char(begins_at, 'YYYYMMDD'), ' ', upper(
        substr(md5(concat_ws(':', %(seed)s, reseller_id, k)), 1, 8))) AS bank_reference
), posted AS (
    SELECT both_ways.*
    FROM (TABLE movement UNION ALL TABLE deposit) AS both_ways
    JOIN stretch ON stretch.reseller_id = both_ways.reseller_id AND k = 0
    WHERE at >= begins_at
), summed AS (
    SELECT
        *, row_number() OVER ledger AS sequence,
        sum(amount) OVER (ledger ROWS UNBOUNDED PRECEDING) AS balance
    FROM posted
    WINDOW ledger AS (PARTITION BY reseller_id ORDER BY at, key)
)
SELECT
    reseller_id, account.id, sequence, kind, amount, summed.balance - amount, summed.balance, key,
    reference, tax_rate, actor_id, at
FROM summed
JOIN billing_account AS account USING (reseller_id)
ORDER BY at, key
