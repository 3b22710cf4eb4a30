INSERT INTO orders_order (
    id, reseller_id, number, user_id, product_id, term_months, quantity, available, unit_amount,
    amount, currency, tax_rate, payment_type, state, distribution_company_id, reference, placed_at, card_payment_id)
SELECT
    order_id, reseller_id, number, user_id, product_id, term_months, quantity,
    CASE WHEN licenses = 0 THEN 0 ELSE quantity - sold - cancelled_unsold END,
    unit_amount, unit_amount * quantity, currency, tax_rate, payment_type, state,
    distribution_company_id, reference, placed_at,
    CASE WHEN payment_type = 'card' THEN order_id END
FROM seed_order
ORDER BY order_id
