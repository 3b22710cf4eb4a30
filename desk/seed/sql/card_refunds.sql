-- What was refunded of an order by card went back to the card, decision by decision.
INSERT INTO billing_cardrefund (
    reseller_id, payment_id, key, amount, state, reason, gateway_id, checks, actor_id, created_at,
    sent_at, settled_at)
SELECT
    refund.reseller_id, refund.order_id, 'refund/' || number || '/' || min(license.uuid::text),
    sum(refund.amount), 'succeeded', '', 're_sample_' || number || '_' || min(license.id), 0,
    %(staff)s, decided_at, decided_at, decided_at + interval '2 seconds'
FROM orders_refund AS refund
JOIN seed_order USING (order_id)
JOIN licenses_license AS license ON license.id = license_id
WHERE payment_type = 'card'
GROUP BY refund.reseller_id, refund.order_id, number, decided_at
ORDER BY decided_at, refund.order_id
