-- What people did in the last weeks: activations, billing states that differ from what was ordered,
-- cancellations by the vendor's staff, links sent to customers, confirmations sent again.
INSERT INTO resellers_auditevent (reseller_id, actor_id, verb, about, changes, at)
WITH license AS (
    SELECT
        license.*, user_id, today, placed.recurrent AS was_recurrent,
        date_trunc('second', activated_at + (%(now)s - activated_at)
            * get_byte(uuid_send(uuid), 1) / 256.0) AS changed_at
    FROM licenses_license AS license
    JOIN seed_order AS placed USING (order_id)
)
SELECT reseller_id, actor_id, verb, about, changes, at
FROM (
    SELECT
        activation.reseller_id, by_id AS actor_id, 'license.activated' AS verb,
        license.uuid::text AS about, at,
        jsonb_build_object('customer', company, 'terms_version', terms_version) AS changes
    FROM activation_activation AS activation
    JOIN activation_customer AS customer ON customer.id = customer_id
    JOIN license ON license.id = license_id
    UNION ALL
    SELECT
        reseller_id, user_id, 'license.billing_state_changed', uuid::text, changed_at,
        jsonb_build_object('recurrent', recurrent)
    FROM license
    WHERE activated_at IS NOT NULL AND cancelled_at IS NULL AND ends_on >= today
        AND recurrent <> was_recurrent
    UNION ALL
    SELECT reseller_id, %(staff)s, 'license.cancelled', uuid::text, cancelled_at, '{}'
    FROM license
    WHERE cancelled_at IS NOT NULL
    UNION ALL
    SELECT
        renewal.reseller_id, actor_id, 'license.renewed', uuid::text, settled_at,
        jsonb_build_object('amount', amount::text, 'source', source, 'ends_on', period.ends_on)
    FROM licenses_renewal AS renewal
    JOIN licenses_period AS period ON period.renewal_id = renewal.id
    JOIN license ON license.id = renewal.license_id
    WHERE renewal.state = 'paid' AND settled_at > %(remembered)s
    UNION ALL
    SELECT reseller_id, actor_id, 'license.link_sent', about, queued_at, '{}'
    FROM mailing_mail
    WHERE kind = 'activation_link'
    UNION ALL
    SELECT
        reseller_id, actor_id, 'order.mail_resent', about, queued_at, jsonb_build_object('to', "to")
    FROM mailing_mail
    WHERE key LIKE 'order_confirmation/%%/%%'
) AS history
WHERE at > %(remembered)s
ORDER BY at, about
