-- The dashboard's two cubes, written by each cycle's report: every figure and chart is a sum over some thousand rows, whatever the size of the book.

-- Bills by the month in which they fell due, and by what has become of each up to `as_of`: paid on time, so many days late, written off, or open for so many days.
-- Holds the bills due in the last thirteen months and later, and of earlier ones those that are open.
create table if not exists bill_cells (
  insurer_id    int not null references insurers,
  due_month     date not null check (extract(day from due_month) = 1),
  market        text not null,
  line          line_of_business not null,
  currency      currency_code not null,
  -- How the policy has paid so far; see SEGMENTS in src/insight.
  segment       text not null check (segment in ('new', 'punctual', 'late_1_30', 'late_31_90', 'late_over_90')),
  outcome       text not null check (outcome in (
    'paid_not_due', 'on_time', 'late_1_7', 'late_8_30', 'late_31_60', 'late_61_90', 'late_over_90', 'written_off',
    'open_not_due', 'open_1_7', 'open_8_30', 'open_31_60', 'open_61_90', 'open_over_90')),
  as_of         date not null,
  bills         int not null check (bills > 0),
  amount_minor  amount_minor not null,
  paid_minor    amount_minor not null,
  -- Sums over the paid bills: days after the due date, days since the issue, and how many came in by digital ways after how many days.
  days_late     bigint not null,
  days_to_pay   bigint not null,
  digital_bills int not null,
  digital_days_to_pay bigint not null,
  primary key (insurer_id, due_month, market, line, currency, segment, outcome)
);
call protect_insurer_rows('bill_cells');

-- Contacts by the day on which they were made, and how many went how far within fourteen days: each step counts those that reached it or a later one.
create table if not exists contact_cells (
  insurer_id int not null references insurers,
  sent_on    date not null,
  market     text not null,
  channel    contact_channel not null,
  sent       int not null check (sent > 0),
  delivered  int not null,
  opened     int not null,
  clicked    int not null,
  started    int not null,
  paid       int not null,
  primary key (insurer_id, sent_on, market, channel),
  check (sent >= delivered and delivered >= opened and opened >= clicked and clicked >= started and started >= paid)
);
call protect_insurer_rows('contact_cells');

-- The report reads the contacts of some days. Rows lie in the order in which they were written, so ranges of pages are enough: a few kB in place of an entry for each
-- contact, and a contact that is sent needs no new entry in any other index for it.
create index if not exists contacts_by_sent_at on contacts using brin (sent_at) with (pages_per_range = 32);
create index if not exists contact_events_by_occurred_at on contact_events using brin (occurred_at) with (pages_per_range = 32);
