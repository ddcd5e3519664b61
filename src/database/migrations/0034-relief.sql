-- Late fees, early-payment discounts, points and small balances: their terms with every version, what a bill announced, what was charged, and what holders have earned.

-- The insurer's own terms; the newest version holds. Where there is none, the house's own hold (src/relief/*.json).
create table relief_terms (
  insurer_id int not null references insurers,
  kind       text not null check (kind in ('late_fees', 'early_discount', 'points', 'small_balance')),
  version    int not null check (version >= 1),
  terms      jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (insurer_id, kind, version)
);
call protect_insurer_rows('relief_terms', 'select, insert');

alter table bills
  -- What stood on the bill before it applied: {"late_fees":{…},"discounts":[{"until","amount_minor",…}]}. Nothing else is ever charged or given.
  add column announced jsonb,
  -- The day on which the next step of its scale of late fees is reached. Null: none is left, or none was announced.
  add column next_fee_on date;

-- A step of a bill's scale that was reached, once each, with what the law left of it.
create table late_fees (
  insurer_id   int not null,
  holder_id    bigint not null,
  bill_id      bigint not null,
  days         int not null check (days > 0),
  kind         text not null check (kind in ('late_fee', 'interest')),
  asked_minor  amount_minor not null check (asked_minor >= 0),
  amount_minor amount_minor not null check (amount_minor between 0 and asked_minor),
  currency     currency_code not null,
  charged_on   date not null,
  -- The rule that has cut it.
  law_rule     text,
  waived_on    date,
  waived_by    text,
  waiver_reason text check (waiver_reason <> ''),
  primary key (insurer_id, holder_id, bill_id, days),
  foreign key (insurer_id, holder_id, bill_id) references bills,
  check (amount_minor = asked_minor or law_rule is not null),
  check ((waived_on is null) = (waived_by is null) and (waived_on is null) = (waiver_reason is null))
);
create index late_fees_by_day on late_fees (insurer_id, charged_on);
call protect_insurer_rows('late_fees', 'select, insert, update');

alter table bill_corrections drop constraint bill_corrections_reason_check;
alter table bill_corrections add constraint bill_corrections_reason_known check (reason in ('premium', 'charges', 'duplicate', 'not_due', 'fee_waived', 'other')) not valid;

-- Points that holders have earned, spent, and lost. Each is in the ledger at its value in money; what was spent counts while its payment stands.
create table point_entries (
  insurer_id   int not null,
  holder_id    bigint not null,
  entry_id     bigint generated always as identity,
  kind         text not null check (kind in ('earned', 'spent', 'expired')),
  -- What it was for, once: `payment:7:bill:4097:on_time`, `steps:2026-11-24`.
  source       text not null,
  points       int not null check (points > 0),
  amount_minor amount_minor not null check (amount_minor > 0),
  currency     currency_code not null,
  on_date      date not null,
  expires_on   date,
  payment_id   bigint,
  bill_id      bigint,
  -- Earned with money that has gone back since, or by what the holder has had deleted.
  reversed_on  date,
  primary key (insurer_id, holder_id, entry_id),
  unique (insurer_id, holder_id, source),
  foreign key (insurer_id, holder_id) references holders,
  check ((kind = 'earned') = (expires_on is not null)),
  check (kind <> 'spent' or payment_id is not null)
);
create index point_entries_by_expiry on point_entries (insurer_id, holder_id, expires_on) where kind = 'earned' and reversed_on is null;
create index point_entries_by_payment on point_entries (insurer_id, holder_id, payment_id) where payment_id is not null;
call protect_insurer_rows('point_entries', 'select, insert, update');

-- Days on which a holder who agreed to it reached a goal of movement. Deleted with the agreement; what was earned for it stays in the books without the day's figures.
create table habit_days (
  insurer_id int not null,
  holder_id  bigint not null,
  on_date    date not null,
  steps      int not null check (steps between 0 and 200000),
  primary key (insurer_id, holder_id, on_date),
  foreign key (insurer_id, holder_id) references holders
);
call protect_insurer_rows('habit_days');

-- What fees, discounts and points do, as the report of the day wrote it: how many bills or policies, how many of them did it, money, and money times days.
create table relief_cells (
  insurer_id   int not null references insurers,
  kind         text not null check (kind in ('points', 'fee_level', 'early')),
  part         text not null,
  currency     currency_code not null,
  counted      int not null check (counted >= 0),
  hit          int not null check (hit between 0 and counted),
  amount_minor numeric not null default 0,
  money_days   numeric not null default 0,
  as_of        date not null,
  primary key (insurer_id, kind, part, currency)
);
call protect_insurer_rows('relief_cells');
