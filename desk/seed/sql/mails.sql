-- The mails of the last weeks: all were sent but for a few that were refused; of those, the
-- confirmations were sent again the next day. None of the last minutes, so that nothing holds back
-- who wants to send one again, and none is due.
INSERT INTO mailing_mail (
    reseller_id, kind, key, about, "to", actor_id, queued_at, next_attempt_at, state, attempts,
    sent_at, reason, params)
WITH wanted AS (
    SELECT
        placed.reseller_id, 'order_confirmation' AS kind, 'order_confirmation/' || number AS key,
        number::text AS about, email AS address, user_id AS actor_id, placed_at AS queued_at
    FROM seed_order AS placed
    JOIN resellers_user AS person ON person.id = user_id
    WHERE licenses > 0
    UNION ALL
    SELECT
        activation.reseller_id, 'license_activated', 'license_activated:' || license.uuid, license.uuid::text,
        email, by_id, at
    FROM activation_activation AS activation
    JOIN activation_customer AS customer ON customer.id = customer_id
    JOIN licenses_license AS license ON license.id = license_id
), judged AS (
    SELECT
        *, queued_at < %(now)s - interval '2 days' AND substr(md5(key), 1, 2) < '07' AS is_refused
    FROM wanted
    WHERE queued_at > %(remembered)s AND queued_at < %(now)s - interval '10 minutes'
), again AS (
    SELECT
        reseller_id, kind, key || '/' || md5(key)::uuid AS key, about, address, actor_id,
        queued_at + interval '1 day' AS queued_at, false AS is_refused
    FROM judged
    WHERE is_refused AND kind = 'order_confirmation'
)
SELECT
    reseller_id, kind, key, about, address, actor_id, queued_at, queued_at,
    CASE WHEN is_refused THEN 'failed' ELSE 'done' END, 1,
    CASE WHEN NOT is_refused THEN queued_at + interval '2 seconds' END,
    CASE WHEN is_refused THEN %(refused)s ELSE '' END, '{}'
FROM (TABLE judged UNION ALL TABLE again) AS mail
ORDER BY queued_at, key
