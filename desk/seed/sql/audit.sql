-- What people did: activations, and billing states that differ from what was ordered.
INSERT INTO resellers_auditevent (reseller_id, actor_id, verb, about, changes, at)
SELECT reseller_id, actor_id, verb, about, changes, at
FROM (
    SELECT
        reseller_id, by_id AS actor_id, 'license.activated' AS verb, uuid::text AS about,
        jsonb_build_object('customer', customer_id) AS changes, at
    FROM activation_activation
    JOIN (SELECT id, uuid FROM licenses_license) AS license ON license.id = license_id
    WHERE at > %(now)s - %(audited)s
    UNION ALL
    SELECT
        license.reseller_id, user_id, 'license.billing_state_changed', uuid::text,
        jsonb_build_object('recurrent', license.recurrent),
        date_trunc('second', activated_at + (%(now)s - activated_at)
            * get_byte(uuid_send(uuid), 1) / 256.0)
    FROM licenses_license AS license
    JOIN seed_order USING (order_id)
    WHERE activated_at IS NOT NULL AND cancelled_at IS NULL AND ends_on >= today
        AND license.recurrent <> seed_order.recurrent
    UNION ALL
    SELECT
        reseller_id, user_id, 'license.cancelled', uuid::text, '{}', cancelled_at
    FROM licenses_license AS license
    JOIN (SELECT order_id, user_id FROM seed_order) AS placed USING (order_id)
    WHERE cancelled_at IS NOT NULL
) AS history
ORDER BY at, about
