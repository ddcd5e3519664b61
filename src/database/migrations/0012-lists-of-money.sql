-- Lists of bills, payments and entries by pages along an index, so that page 10,000 costs as much as the first, and the index answers the filter too.

-- Each stage's bills lie together, by due date; a list of all stages merges the six. The sums by stage are read from the index alone.
-- The cost: a bill that changes its stage gets new entries in the indexes of `bills`, once or twice in its life.
create index if not exists bills_open_by_stage on bills (insurer_id, stage, due_on, holder_id, bill_id) include (currency, amount_minor, paid_minor) where state = 'open';
-- Closed bills, ten years of them, are listed by `bills_by_due_on`, which sorts a day at a time: an index of their own cost a million policies a tenth of their cycle.

create index if not exists payments_by_state on payments (insurer_id, state, created_at, holder_id, payment_id);

-- One place for every entry of a day, in the order in which a page of entries is read. Serves what `postings_by_day` served.
create index if not exists postings_in_order on postings (insurer_id, booked_on, holder_id, posting_id);
drop index if exists postings_by_day;
-- Few entries touch these accounts; without an index of their own, a page of them would walk past all the others.
create index if not exists postings_of_rare_accounts on postings (insurer_id, booked_on, holder_id, posting_id)
  where debit_account in ('bank', 'suspense', 'refunds_payable', 'write_offs') or credit_account in ('bank', 'suspense', 'refunds_payable', 'write_offs');

-- Money without a home, oldest first; all but a few rows are settled.
create index if not exists suspense_oldest on suspense_items (insurer_id, received_on, holder_id, suspense_id) where cleared_on is null;
create index if not exists unmatched_open on unmatched_receipts (insurer_id, booked_on, receipt_id) where resolved_on is null;
