create index payments_small_balances on payments (insurer_id, payment_id) where method = 'small_balance';
create index payments_early_discounts on payments (insurer_id, settled_at) where method = 'early_discount';
