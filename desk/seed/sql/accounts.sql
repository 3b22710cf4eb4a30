-- The accounts as their last entries left them. Globex and every third company may owe a little.
UPDATE billing_account AS account
SET
    balance = balance_after,
    next_sequence = sequence + 1,
    credit_limit = CASE WHEN account.reseller_id %% 3 = %(acme)s %% 3 THEN 0 ELSE 2500 END
FROM (
    SELECT DISTINCT ON (reseller_id) reseller_id, sequence, balance_after
    FROM billing_balanceentry
    ORDER BY reseller_id, sequence DESC
) AS newest
WHERE newest.reseller_id = account.reseller_id
