-- The whole money path: accounts for everything that pays a bill or is charged beside it, bills that wait for their review, schedules that change, money of our own that settles a bill.

alter domain ledger_account drop constraint ledger_account_check;
alter domain ledger_account add constraint ledger_account_known check (value in (
  'premium_receivable', 'premium_income', 'levy_payable', 'premium_tax_payable', 'bank', 'provider_clearing', 'suspense', 'refunds_payable', 'write_offs', 'opening_balance',
  'fee_income', 'interest_income', 'discounts_allowed', 'points_cost', 'points_liability', 'commission_cost', 'commission_payable', 'producer_clearing', 'group_clearing',
  'claims_payable', 'policy_loans', 'funding_cost', 'funding_accrued', 'exchange_clearing', 'exchange_differences')) not valid;

alter table postings drop constraint postings_source_kind_check;
alter table postings add constraint postings_source_kind_known check (source_kind in
  ('bill', 'payment', 'suspense', 'reversal', 'refund', 'points', 'commission', 'plan', 'loan', 'exchange', 'statement')) not valid;

-- Where the present terms of the schedule begin: from this day, and with this instalment. Null: with cover.
alter table policies
  add column schedule_from date,
  add column schedule_no   int check (schedule_no >= 1),
  add constraint policies_schedule_whole check ((schedule_from is null) = (schedule_no is null)) not valid,
  -- The day on which the next instalment's bill leaves. Null: its market's days before it is due.
  add column next_bill_on  date;

alter table bills drop constraint bills_state_check;
-- `held`: made, found doubtful by the review, not yet owed: it is in nobody's sums, asks nobody for money, and has no entry.
alter table bills add constraint bills_state_known check (state in ('held', 'open', 'paid', 'written_off', 'cancelled')) not valid;
alter table bills
  -- An instalment of the schedule; the difference that a change of the policy makes; a part of a plan. The last two are numbered from 2,048.
  add column kind       text not null default 'instalment',
  -- The part of the amount that is late fees and interest: paid last, and no cover ends for it.
  add column fees_minor amount_minor not null default 0,
  add constraint bills_kind_known check (kind in ('instalment', 'difference', 'plan')) not valid,
  add constraint bills_fees_in_amount check (fees_minor between 0 and amount_minor) not valid;
-- Two bills of a policy may fall due on one day now; each instalment still has one bill.
alter table bills drop constraint bills_insurer_id_holder_id_policy_id_due_on_key;

-- Money of our own that settles a bill is a payment too (provider `inforce`): a discount, points, money that waited, a loan. What came with a payment goes back with it.
alter table payments add column caused_by bigint;
create index payments_caused_by on payments (insurer_id, holder_id, caused_by) where caused_by is not null;

-- Acts that need a second person: asked by one, answered by another, carried out in the transaction of the answer.
create table approvals (
  insurer_id   int not null,
  holder_id    bigint not null,
  approval_id  bigint generated always as identity,
  kind         text not null check (kind in ('refund', 'release_bill', 'write_off', 'plan', 'fee_waiver', 'commission', 'policy_change')),
  -- The order as the act's own code reads it.
  act          jsonb not null,
  amount_minor amount_minor not null check (amount_minor >= 0),
  currency     currency_code not null,
  reason       text not null check (reason <> ''),
  asked_by     text not null,
  asked_at     timestamptz not null,
  state        text not null default 'waiting' check (state in ('waiting', 'approved', 'refused', 'withdrawn')),
  decided_by   text,
  decided_at   timestamptz,
  decision_note text,
  primary key (insurer_id, holder_id, approval_id),
  foreign key (insurer_id, holder_id) references holders,
  check ((state = 'waiting') = (decided_by is null)),
  -- Nobody says yes to what they have asked for themselves.
  check (state = 'withdrawn' or decided_by <> asked_by)
);
create index approvals_waiting on approvals (insurer_id, asked_at) where state = 'waiting';
call protect_insurer_rows('approvals', 'select, insert, update');
create trigger approvals_are_told after insert or update on approvals for each statement execute function tell_change('approvals');
