"""The engine's statements: many licenses in one.

`JUDGE` decides about the locked licenses that a statement of `PICK` has taken; `WRITE` writes down
what was decided. Days are counted from the anchor, as in licenses/calendar.py; a test holds both
equal.
"""

from billing.posting import POST

# Earliest To first. A license that somebody else has locked is passed over, and so is one for which
# a card may still pay: a payment that nobody has confirmed yet, or whose outcome is not known.
PICK_DUE = """
WITH fresh AS MATERIALIZED (
    SELECT license.id, uuid, order_id, product_id, anchor_on, ends_on
    FROM licenses_license AS license
    WHERE reseller_id = %(reseller)s AND recurrent AND activated_at IS NOT NULL
        AND cancelled_at IS NULL AND NOT in_renewal AND ends_on <= %(first_upto)s
    ORDER BY ends_on, id
    LIMIT %(size)s
    FOR NO KEY UPDATE SKIP LOCKED
), again AS MATERIALIZED (
    SELECT license.id, uuid, order_id, product_id, anchor_on, ends_on
    FROM licenses_renewal AS renewal
    JOIN licenses_license AS license ON license.id = renewal.license_id
    WHERE renewal.reseller_id = %(reseller)s AND renewal.state = 'waiting'
        AND next_attempt_on <= %(as_of)s AND recurrent AND cancelled_at IS NULL
        AND NOT EXISTS (
            SELECT FROM billing_cardpayment AS payment
            WHERE payment.reseller_id = %(reseller)s AND payment.purpose = 'renewal'
                AND payment.about = license.uuid::text AND payment.settled_at IS NULL
        )
    ORDER BY ends_on, license.id
    LIMIT %(size)s
    FOR NO KEY UPDATE OF license SKIP LOCKED
), taken AS (
    SELECT * FROM (TABLE fresh UNION ALL TABLE again) AS due ORDER BY ends_on, id LIMIT %(size)s
)"""

PICK_ONE = """
WITH taken AS MATERIALIZED (
    SELECT license.id, uuid, order_id, product_id, anchor_on, ends_on
    FROM licenses_license AS license
    WHERE reseller_id = %(reseller)s AND id = %(license)s
    FOR NO KEY UPDATE
)"""

# A license that would be due once more in this pass ends the batch before those that it precedes.
JUDGE = """
, period AS (
    SELECT
        taken.id AS license_id, uuid, taken.ends_on, placed.number AS order_number, term_months,
        anchor_on, quantity, currency, product.id AS product_id,
        taken.ends_on + grace_days AS grace_ends_on,
        (
            SELECT max(number) + 1 FROM licenses_period WHERE license_id = taken.id
        ) AS number
    FROM taken
    JOIN orders_order AS placed ON placed.id = order_id
    JOIN catalog_product AS product ON product.id = taken.product_id
), charge AS (
    SELECT
        period.*,
        (anchor_on + make_interval(months => number * term_months))::date AS starts_on,
        (anchor_on + make_interval(months => (number + 1) * term_months))::date - 1 AS new_to,
        (
            SELECT amount
            FROM catalog_price AS price
            WHERE price.product_id = period.product_id AND price.term_months = period.term_months
                AND price.currency = period.currency AND period.currency = %(currency)s
                AND minimum_quantity <= quantity AND valid_from <= %(as_of)s
            ORDER BY minimum_quantity DESC, valid_from DESC
            LIMIT 1
        ) AS amount
    FROM period
), ordered AS (
    SELECT *, min(new_to) FILTER (WHERE new_to <= %(first_upto)s) OVER (
        ORDER BY ends_on, license_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS due_again_with
    FROM charge
), summed AS (
    SELECT *, sum(amount) OVER (ORDER BY ends_on, license_id) AS running
    FROM ordered
    WHERE due_again_with IS NULL OR ends_on < due_again_with
), decided AS (
    SELECT *,
        CASE
            WHEN amount IS NULL THEN 'no_price'
            WHEN NOT %(stopped)s AND running <= %(available)s THEN 'paid'
            WHEN %(card)s THEN 'unknown'
            ELSE 'not_covered'
        END AS outcome,
        CASE WHEN %(as_of)s < grace_ends_on
            THEN greatest(%(as_of)s + 1, ends_on - %(first)s) END AS tomorrow
    FROM summed
), judged AS (
    SELECT *,
        CASE outcome WHEN 'unknown' THEN 'card' ELSE 'balance' END AS source,
        CASE
            WHEN outcome = 'paid' THEN 'paid'
            WHEN outcome = 'unknown' THEN 'checking'
            WHEN tomorrow IS NULL THEN 'ended'
            ELSE 'waiting'
        END AS state,
        CASE outcome
            WHEN 'no_price' THEN %(no_price)s
            WHEN 'unknown' THEN %(unknown)s
            WHEN 'not_covered' THEN CASE
                WHEN amount <= %(available)s - coalesce(
                    sum(amount) FILTER (WHERE outcome = 'paid') OVER (), 0) THEN %(not_in_turn)s
                ELSE %(not_covered)s
            END
            ELSE ''
        END AS reason
    FROM decided
)"""

JUDGED_BY_CARD = """
WITH judged AS (
    SELECT
        license.id AS license_id, license.uuid, license.ends_on, renewal.number,
        placed.number AS order_number, attempt.amount, attempt.source,
        %(outcome)s::text AS outcome, %(reason)s::text AS reason,
        greatest(%(as_of)s + 1, license.ends_on - %(first)s) AS tomorrow,
        (anchor_on + make_interval(months => renewal.number * term_months))::date AS starts_on,
        (anchor_on + make_interval(months => (renewal.number + 1) * term_months))::date - 1
            AS new_to,
        CASE
            WHEN %(outcome)s = 'paid' THEN 'paid'
            WHEN recurrent AND %(outcome)s <> 'refused'
                AND %(as_of)s < license.ends_on + grace_days THEN 'waiting'
            ELSE 'ended'
        END AS state
    FROM licenses_renewalattempt AS attempt
    JOIN licenses_renewal AS renewal ON renewal.id = renewal_id
    JOIN licenses_license AS license ON license.id = license_id
    JOIN orders_order AS placed ON placed.id = order_id
    JOIN catalog_product AS product ON product.id = license.product_id
    WHERE attempt.id = %(attempt)s
)"""

# What was tried before is the same renewal. One that is paid, or under way, is left alone.
RENEWAL = """
, renewal AS (
    INSERT INTO licenses_renewal AS renewal (
        reseller_id, license_id, number, state, next_attempt_on, amount, source, actor_id,
        created_at, settled_at)
    SELECT
        %(reseller)s, license_id, number, state, CASE state WHEN 'waiting' THEN tomorrow END,
        CASE state WHEN 'paid' THEN amount END, CASE state WHEN 'paid' THEN source ELSE '' END,
        %(actor)s, %(now)s, CASE state WHEN 'paid' THEN %(now)s END
    FROM judged
    ORDER BY ends_on, license_id
    ON CONFLICT (license_id, number) DO UPDATE
    SET state = excluded.state, next_attempt_on = excluded.next_attempt_on,
        amount = excluded.amount, source = excluded.source, actor_id = excluded.actor_id,
        settled_at = excluded.settled_at
    WHERE renewal.state = ANY(%(upon)s)
    RETURNING id, license_id
), written AS (
    SELECT judged.*, renewal.id AS renewal_id FROM judged JOIN renewal USING (license_id)
)"""

NEW_ATTEMPT = """
, attempt AS (
    INSERT INTO licenses_renewalattempt (
        reseller_id, renewal_id, "on", at, source, outcome, amount, reason, actor_id)
    SELECT
        %(reseller)s, renewal_id, %(as_of)s, %(now)s, source, outcome, amount, reason, %(actor)s
    FROM written
    ORDER BY ends_on, license_id
)"""

SAME_ATTEMPT = """
, attempt AS (
    UPDATE licenses_renewalattempt AS attempt
    SET outcome = written.outcome, reason = written.reason, at = %(now)s
    FROM written
    WHERE attempt.id = %(attempt)s
)"""

MOVEMENT = """
, movement AS (
    SELECT
        row_number() OVER (ORDER BY ends_on, license_id) AS place, -amount AS amount,
        concat('renewal/', uuid, '/', number) AS key, concat(order_number, '/', uuid) AS reference
    FROM written
    WHERE state = 'paid' AND source = 'balance'
)"""

CONSEQUENCES = """
, new_period AS (
    INSERT INTO licenses_period (
        reseller_id, license_id, number, starts_on, ends_on, renewal_id)
    SELECT %(reseller)s, license_id, number, starts_on, new_to, renewal_id
    FROM written
    WHERE state = 'paid'
), license AS (
    UPDATE licenses_license AS license
    SET
        ends_on = CASE state WHEN 'paid' THEN new_to ELSE license.ends_on END,
        in_renewal = state <> 'paid',
        recurrent = recurrent AND outcome <> 'refused'
    FROM written
    WHERE license.id = license_id AND (state = 'paid' OR outcome = 'refused' OR NOT in_renewal)
), notice AS (
    INSERT INTO licenses_notice AS notice (reseller_id, license_id, period, kind, "on", at)
    SELECT
        %(reseller)s, license_id, number, CASE state WHEN 'paid' THEN 'paid' ELSE 'failed' END,
        %(as_of)s, %(now)s
    FROM written
    WHERE state <> 'checking'
    ORDER BY ends_on, license_id
    ON CONFLICT (license_id, period, kind) DO UPDATE
    SET "on" = excluded."on", told_on = NULL
    WHERE %(tell_again)s
), event AS (
    INSERT INTO resellers_auditevent (reseller_id, actor_id, verb, about, changes, address, at)
    SELECT
        %(reseller)s, %(actor)s, 'license.renewed', uuid::text,
        jsonb_build_object('amount', amount::text, 'source', source, 'ends_on', new_to),
        %(address)s::inet, %(now)s
    FROM written
    WHERE state = 'paid'
    ORDER BY ends_on, license_id
)
SELECT renewal_id, state, outcome, source, amount FROM written ORDER BY ends_on, license_id
"""

WRITE = RENEWAL + NEW_ATTEMPT + MOVEMENT + POST + CONSEQUENCES
SETTLE = RENEWAL + SAME_ATTEMPT + MOVEMENT + POST + CONSEQUENCES
