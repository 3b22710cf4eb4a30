-- What the orders by card were paid with; what is not known is with the vendor's staff already.
INSERT INTO billing_cardpayment (
    id, reseller_id, uuid, key, purpose, about, card_id, amount, currency, return_url, state, reason,
    code, data, gateway_id, checks, actor_id, created_at, sent_at, settled_at)
SELECT
    order_id, placed.reseller_id, md5(%(seed)s || ':payment:' || number)::uuid,
    'purchase/' || number, 'purchase', number, card.id, unit_amount * quantity, currency, '',
    CASE placed.state
        WHEN 'checking' THEN 'parked' WHEN 'failed' THEN 'declined' ELSE 'succeeded' END,
    CASE placed.state
        WHEN 'checking' THEN
            'The card gateway has not answered for days. The vendor''s staff find out.'
        WHEN 'failed' THEN 'The card was declined. Use another one, or ask the card''s bank.'
        ELSE '' END,
    CASE placed.state WHEN 'failed' THEN 'generic_decline' ELSE '' END,
    jsonb_build_object('recurrent', recurrent),
    CASE WHEN placed.state IN ('checking', 'failed') THEN '' ELSE 'pi_sample_' || number END,
    CASE placed.state WHEN 'checking' THEN 8 ELSE 0 END,
    user_id, placed_at, placed_at,
    CASE WHEN placed.state <> 'checking' THEN placed_at + interval '2 seconds' END
FROM seed_order AS placed
JOIN billing_card AS card ON card.reseller_id = placed.reseller_id AND card.is_default
WHERE payment_type = 'card'
ORDER BY order_id
