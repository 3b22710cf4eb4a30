-- The links of some available licenses went to customers who have not activated yet: once, within
-- hours of the order.
WITH sent AS (
    SELECT
        license.id, license.reseller_id, license.uuid, user_id,
        placed_at + interval '1 hour' * (1 + get_byte(uuid_send(uuid), 4) %% 6) AS at,
        first_customer + (get_byte(uuid_send(uuid), 5) * 256 + get_byte(uuid_send(uuid), 6))
            %% customers AS customer_id
    FROM licenses_license AS license
    JOIN seed_order AS placed USING (order_id)
    WHERE activated_at IS NULL AND cancelled_at IS NULL
        AND placed_at > %(remembered)s AND placed_at < %(now)s - interval '8 hours'
        AND get_byte(uuid_send(uuid), 3) < 64
), marked AS (
    UPDATE licenses_license AS license SET link_sent_at = at FROM sent WHERE sent.id = license.id
)
INSERT INTO mailing_mail (
    reseller_id, kind, key, about, "to", actor_id, queued_at, next_attempt_at, state, attempts,
    sent_at, reason, params)
SELECT
    sent.reseller_id, 'activation_link', 'activation_link/' || uuid || '/' || md5(uuid::text)::uuid,
    uuid::text, email, user_id, at, at, 'done', 1, at + interval '2 seconds', '',
    jsonb_build_object('code', 1, 'name', name, 'words', '')
FROM sent
JOIN seed_customer AS customer ON customer.id = customer_id
ORDER BY at, uuid
