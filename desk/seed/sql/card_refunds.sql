-- What was refunded of an order by card went back to the card, decision by decision.
INSERT INTO billing_cardrefund (
    reseller_id, payment_id, key, amount, state, reason, gateway_id, checks, actor_id, created_at,
    sent_at, settled_at)
SELECT
    license.reseller_id, order_id, 'refund/' || number || '/' || min(uuid::text),
    sum(unit_amount), 'succeeded', '', 're_sample_' || number || '_' || min(license.id), 0,
    %(staff)s, cancelled_at, cancelled_at, cancelled_at + interval '2 seconds'
FROM licenses_license AS license
JOIN seed_order USING (order_id)
WHERE payment_type = 'card' AND cancelled_at IS NOT NULL
GROUP BY license.reseller_id, order_id, number, cancelled_at
ORDER BY cancelled_at, order_id
