-- Checkouts that wait for their payer, money that nobody is named for, and what a return must give back.

-- The address of the provider's page, so that a second tap leads to the same checkout; the contact whose link was used.
alter table payments
  add column checkout_url        text,
  add column checkout_expires_at timestamptz,
  add column contact_id          bigint;
create index payments_of_bill on payments (insurer_id, holder_id, bill_id);

-- One payment may pay several bills: each is an entry of its own under the same rule.
alter table postings drop constraint postings_insurer_id_holder_id_source_kind_source_id_rule_key;
alter table postings add constraint postings_once unique nulls not distinct (insurer_id, holder_id, source_kind, source_id, rule, bill_id);
-- What was reversed cannot be reversed again, under whatever name.
create unique index postings_reversed_once on postings (insurer_id, holder_id, reverses_id) where reverses_id is not null;

-- What the policy remembered before this payment closed the bill; a return puts it back. Null where the bill stayed open.
alter table allocations add column policy_before jsonb;

alter table suspense_items
  -- The part that was used for a bill later, or went back with its payment.
  add column cleared_minor amount_minor not null default 0,
  add constraint suspense_cleared_in_part check (cleared_minor between 0 and amount_minor),
  add constraint suspense_cleared_in_full check ((cleared_on is not null) = (cleared_minor = amount_minor));
create index suspense_waiting on suspense_items (insurer_id, holder_id) where cleared_on is null;

-- A bank line whose reference leads to no bill: kept and booked (holder 0 in the ledger) until a person finds whose it is.
create table unmatched_receipts (
  insurer_id     int not null references insurers,
  receipt_id     bigint generated always as identity,
  bank_reference text not null,
  reference      text not null,
  payer          text not null,
  amount_minor   amount_minor not null check (amount_minor > 0),
  currency       currency_code not null,
  booked_on      date not null,
  reason         text not null,
  file_name      text not null,
  received_at    timestamptz not null,
  resolved_on    date,
  primary key (insurer_id, receipt_id),
  unique (insurer_id, bank_reference)
);
call protect_insurer_rows('unmatched_receipts', 'select, insert, update');
