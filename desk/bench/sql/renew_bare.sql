-- The rows of a renewal paid from the balance, for the next licenses of one reseller: no question is
-- asked. Who is due, what it costs and whether it is covered, is known.
WITH due AS MATERIALIZED (
    SELECT
        license.*, number AS order_number, row_number() OVER (ORDER BY license.id) AS place
    FROM licenses_license AS license
    JOIN orders_order AS placed ON placed.id = order_id
    WHERE license.reseller_id = %(reseller)s AND license.id > %(above)s
    ORDER BY license.id
    LIMIT %(size)s
), renewal AS (
    INSERT INTO licenses_renewal (
        reseller_id, license_id, number, state, amount, source, created_at, settled_at)
    SELECT reseller_id, id, 1, 'paid', %(amount)s, 'balance', now(), now() FROM due
    RETURNING id, license_id
), attempt AS (
    INSERT INTO licenses_renewalattempt (
        reseller_id, renewal_id, "on", at, source, outcome, amount, reason)
    SELECT reseller_id, renewal.id, %(today)s, now(), 'balance', 'paid', %(amount)s, ''
    FROM due
    JOIN renewal ON license_id = due.id
), entry AS (
    INSERT INTO billing_balanceentry (
        reseller_id, account_id, sequence, kind, amount, balance_before, balance_after, key,
        reference, tax_rate, at)
    SELECT
        due.reseller_id, account.id, next_sequence + place - 1, 'renewal', -%(amount)s,
        balance - (place - 1) * %(amount)s, balance - place * %(amount)s,
        concat('renewal/', uuid, '/1'), concat(order_number, '/', uuid), 0, now()
    FROM due
    JOIN billing_account AS account ON account.reseller_id = due.reseller_id
), account AS (
    UPDATE billing_account
    SET balance = balance - entries * %(amount)s, next_sequence = next_sequence + entries
    FROM (SELECT count(*) AS entries FROM due) AS counted
    WHERE reseller_id = %(reseller)s
), period AS (
    INSERT INTO licenses_period (reseller_id, license_id, number, starts_on, ends_on, renewal_id)
    SELECT reseller_id, due.id, 1, ends_on + 1, (ends_on + interval '1 year')::date, renewal.id
    FROM due
    JOIN renewal ON license_id = due.id
), notice AS (
    INSERT INTO licenses_notice (reseller_id, license_id, period, kind, "on", at)
    SELECT reseller_id, id, 1, 'paid', %(today)s, now() FROM due
), event AS (
    INSERT INTO resellers_auditevent (reseller_id, verb, about, changes, at)
    SELECT
        reseller_id, 'license.renewed', uuid::text,
        jsonb_build_object('amount', %(amount)s::text, 'source', 'balance', 'ends_on', ends_on),
        now()
    FROM due
), license AS (
    UPDATE licenses_license AS license
    SET ends_on = (due.ends_on + interval '1 year')::date
    FROM due
    WHERE license.id = due.id
)
SELECT max(id), count(*) FROM due
