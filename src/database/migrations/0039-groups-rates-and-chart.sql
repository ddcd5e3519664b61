-- One payer for many: an employer or association pays the bills of its members by one list.
create table payer_groups (
  insurer_id int not null,
  -- The payer.
  holder_id  bigint not null,
  group_id   bigint generated always as identity,
  name       text not null check (name <> ''),
  currency   currency_code not null,
  -- What a reported unit costs, where premiums follow what was used; null where members' bills say it.
  rate_minor amount_minor check (rate_minor > 0),
  -- Whose bills a part payment pays.
  part_order text not null check (part_order in ('oldest_first', 'pro_rata')),
  made_by    text not null,
  primary key (insurer_id, holder_id, group_id),
  foreign key (insurer_id, holder_id) references holders
);
call protect_insurer_rows('payer_groups', 'select, insert, update');

create table group_members (
  insurer_id       int not null,
  holder_id        bigint not null,
  group_id         bigint not null,
  member_holder_id bigint not null,
  policy_id        bigint not null,
  -- How the payer calls them.
  employee_ref     text not null default '',
  from_on          date not null,
  -- The first day on which the payer does not pay any more.
  to_on            date check (to_on > from_on),
  primary key (insurer_id, holder_id, group_id, policy_id, from_on),
  foreign key (insurer_id, holder_id, group_id) references payer_groups
);
-- A policy has one payer at a time. Members lie with their payer and not with their policy, so whoever joins holds the policy's row and looks here.
create index group_members_of_policy on group_members (insurer_id, policy_id) where to_on is null;
call protect_insurer_rows('group_members', 'select, insert, update');

create table list_bills (
  insurer_id   int not null,
  holder_id    bigint not null,
  list_bill_id bigint generated always as identity,
  group_id     bigint not null,
  -- The first day of the month whose bills it lists, with those still open of earlier ones.
  period       date not null,
  due_on       date not null,
  made_by      text not null,
  made_on      date not null,
  primary key (insurer_id, holder_id, list_bill_id),
  unique (insurer_id, holder_id, group_id, period),
  foreign key (insurer_id, holder_id, group_id) references payer_groups
);
call protect_insurer_rows('list_bills', 'select, insert');

create table list_bill_lines (
  insurer_id       int not null,
  holder_id        bigint not null,
  list_bill_id     bigint not null,
  line_no          int not null,
  employee_ref     text not null,
  policy_number    text not null,
  -- Null where what the payer reported leads to no bill.
  member_holder_id bigint,
  bill_id          bigint,
  amount_minor     amount_minor not null,
  -- What the payer says to pay; null until they have said.
  reported_minor   amount_minor,
  mismatch         text check (mismatch in ('missing', 'amount_differs', 'unknown', 'left')),
  answer           text,
  answered_by      text,
  primary key (insurer_id, holder_id, list_bill_id, line_no),
  foreign key (insurer_id, holder_id, list_bill_id) references list_bills,
  check ((member_holder_id is null) = (bill_id is null)),
  check ((answer is null) = (answered_by is null))
);
create index list_bill_lines_of_bill on list_bill_lines (insurer_id, member_holder_id, bill_id) where bill_id is not null;
call protect_insurer_rows('list_bill_lines', 'select, insert, update, delete');

-- Waiting money of the payer that was used for a list.
create table group_payments (
  insurer_id       int not null,
  holder_id        bigint not null,
  group_payment_id bigint generated always as identity,
  list_bill_id     bigint not null,
  suspense_id      bigint not null,
  amount_minor     amount_minor not null check (amount_minor > 0),
  currency         currency_code not null,
  booked_on        date not null,
  paid_by          text not null,
  undone_on        date,
  undone_by        text,
  primary key (insurer_id, holder_id, group_payment_id),
  foreign key (insurer_id, holder_id, list_bill_id) references list_bills,
  foreign key (insurer_id, holder_id, suspense_id) references suspense_items,
  check ((undone_on is null) = (undone_by is null))
);
create index group_payments_of_item on group_payments (insurer_id, holder_id, suspense_id);
call protect_insurer_rows('group_payments', 'select, insert, update');
create trigger groups_are_told after insert or update on payer_groups for each statement execute function tell_change('groups');
create trigger members_are_told after insert or update on group_members for each statement execute function tell_change('groups');
create trigger lines_are_told after insert or update or delete on list_bill_lines for each statement execute function tell_change('groups');
create trigger group_payments_are_told after insert or update on group_payments for each statement execute function tell_change('groups');

-- Stated rates: one unit of `from_currency` is worth `rate` of `to_currency`; each holds until the next.
create table exchange_rates (
  insurer_id    int not null references insurers,
  from_currency currency_code not null,
  to_currency   currency_code not null check (to_currency <> from_currency),
  on_date       date not null,
  rate          numeric(20, 10) not null check (rate > 0),
  source        text not null check (source <> ''),
  entered_by    text not null,
  entered_at    timestamptz not null,
  primary key (insurer_id, from_currency, to_currency, on_date)
);
call protect_insurer_rows('exchange_rates', 'select, insert, update');
create trigger rates_are_told after insert or update on exchange_rates for each statement execute function tell_change('ledger');

-- What the insurer's own books call our accounts.
create table chart_of_accounts (
  insurer_id int not null references insurers,
  account    ledger_account not null,
  code       text not null check (code <> ''),
  name       text not null default '',
  version    int not null default 1,
  changed_by text not null,
  primary key (insurer_id, account)
);
call protect_insurer_rows('chart_of_accounts', 'select, insert, update, delete');
create trigger chart_is_told after insert or update or delete on chart_of_accounts for each statement execute function tell_change('ledger');
