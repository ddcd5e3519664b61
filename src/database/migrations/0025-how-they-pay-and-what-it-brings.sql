-- How holders pay, what collecting brings against what it was before, where work jams, and what a meeting decided.

-- The class of the payer's device at the checkout, and nothing else of it; null: the money began at a bank.
alter table payments add column device text check (device in ('phone', 'tablet', 'desktop', 'unknown'));

-- The day of the first part payment: money that came by the due date without paying the bill in full.
alter table bills add column first_part_on date;

-- What was given up and paid after all is paid, and keeps the day on which it was given up.
do $$
declare
  old text := (select conname from pg_constraint where conrelid = 'bills'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%closed_on%');
begin
  execute format('alter table bills drop constraint %I', old);
end $$;
alter table bills add constraint bills_closed check (closed_on is null or state in ('written_off', 'cancelled', 'paid')) not valid;
alter table bills validate constraint bills_closed;

alter table bill_cells
  -- Not paid in full by the due date, but in part.
  add column part_on_time_bills int not null default 0,
  -- First reminded by the due date; first reminded, whenever, and since then fourteen days have passed; of these, paid within fourteen days of it.
  add column reminded_bills int not null default 0,
  add column asked_bills int not null default 0,
  add column answered_bills int not null default 0,
  add constraint bill_cells_of_reminders check (greatest(part_on_time_bills, reminded_bills, asked_bills) <= bills and answered_bills <= asked_bills);

-- The same bills by the months in which they were issued and closed (`infinity`: open): receivables at the end of any month, and what was billed in it.
create table receivable_cells (
  insurer_id   int not null references insurers,
  market       text not null,
  line         line_of_business not null,
  currency     currency_code not null,
  issued_month date not null,
  closed_month date not null,
  as_of        date not null,
  bills        int not null check (bills > 0),
  -- Owed until it was closed; of open bills what is left of it.
  owed_minor   amount_minor not null,
  billed_minor amount_minor not null,
  primary key (insurer_id, market, line, currency, issued_month, closed_month)
);
call protect_insurer_rows('receivable_cells');

-- Payments that came in, by month, way and device; `bank`: not begun at a checkout of ours.
create table payment_cells (
  insurer_id   int not null references insurers,
  month        date not null check (extract(day from month) = 1),
  market       text not null,
  line         line_of_business not null,
  currency     currency_code not null,
  method       text not null,
  device       text not null check (device in ('phone', 'tablet', 'desktop', 'unknown', 'bank')),
  payments     int not null check (payments > 0),
  -- From the issue of the bill that was named to the money.
  days_to_cash bigint not null,
  amount_minor amount_minor not null,
  primary key (insurer_id, month, market, line, currency, method, device)
);
call protect_insurer_rows('payment_cells');

-- Policies in force ninety days ago by how often their holders were contacted since, and how many of them ended. Written once a week.
create table pressure_cells (
  insurer_id int not null references insurers,
  market     text not null,
  line       line_of_business not null,
  -- 5: five and more.
  contacts   smallint not null check (contacts between 0 and 5),
  as_of      date not null,
  policies   int not null check (policies > 0),
  ended      int not null check (ended between 0 and policies),
  primary key (insurer_id, market, line, contacts)
);
call protect_insurer_rows('pressure_cells');

-- Why a bill is late, as a person was told on the telephone; the last word counts.
create table late_reasons (
  insurer_id int not null,
  holder_id  bigint not null,
  bill_id    bigint not null,
  reason     text not null check (reason <> ''),
  coded_by   text not null,
  coded_at   timestamptz not null,
  primary key (insurer_id, holder_id, bill_id),
  foreign key (insurer_id, holder_id, bill_id) references bills
);
call protect_insurer_rows('late_reasons');

-- Bills with a reason that were late, by reason; those coded in the last twelve months.
create table reason_cells (
  insurer_id   int not null references insurers,
  market       text not null,
  line         line_of_business not null,
  currency     currency_code not null,
  reason       text not null,
  as_of        date not null,
  bills        int not null check (bills > 0),
  amount_minor amount_minor not null,
  primary key (insurer_id, market, line, currency, reason)
);
call protect_insurer_rows('reason_cells');

-- The policies that late premium costs most, of each market, line and currency: what is late, for how many days together, and what was written off in twelve months.
create table loss_policies (
  insurer_id        int not null,
  holder_id         bigint not null,
  policy_id         bigint not null,
  as_of             date not null,
  currency          currency_code not null,
  market            text not null,
  line              line_of_business not null,
  late_minor        amount_minor not null,
  -- Minor units times days late.
  late_days_minor   numeric not null,
  written_off_minor amount_minor not null,
  operating_minor   amount_minor not null,
  primary key (insurer_id, holder_id, policy_id, currency),
  foreign key (insurer_id, holder_id, policy_id) references policies
);
call protect_insurer_rows('loss_policies');

-- What each step of the work did on a day, by market (empty: all of them together): a jam is a step far below what it usually does.
create table step_days (
  insurer_id int not null references insurers,
  on_date    date not null,
  market     text not null,
  step       text not null check (step in ('bills_issued', 'contacts_queued', 'messages_sent', 'messages_delivered', 'checkouts_opened', 'payments_received', 'bank_lines')),
  done       int not null check (done >= 0),
  primary key (insurer_id, on_date, market, step)
);
call protect_insurer_rows('step_days');

-- An alert of a jam has no target: `figure` is the step, `warning` what it usually does, and the day on which a report at the end of the month would have told it.
alter table alerts add column month_report_on date;
alter table alerts drop constraint alerts_of_one_kind, add constraint alerts_of_one_kind check (num_nonnulls(target_id, strategy_id, month_report_on) = 1);
create unique index alerts_one_jam on alerts (insurer_id, figure, market) nulls not distinct where recovered_on is null and month_report_on is not null;

-- Targets of the figures that are new.
alter table targets drop constraint targets_figure_check;
alter table targets add constraint targets_figure_check
  check (figure in ('paid_on_time', 'days_to_collect', 'uncollectible', 'mean_days_late', 'digital', 'on_time_any', 'in_full', 'reminded_on_time', 'reminder_response'));

-- What a figure was before, set by people.
create table baselines (
  insurer_id int not null references insurers,
  figure     text not null check (figure in ('management_cost', 'minutes_per_account', 'reminder_response', 'recovered_60')),
  value      double precision not null check (value > 0),
  version    int not null default 1,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (insurer_id, figure)
);
call protect_insurer_rows('baselines');

-- Values of others, to stand beside: pasted or loaded from a file.
create table peer_values (
  insurer_id int not null references insurers,
  figure     text not null,
  name       text not null check (name <> ''),
  value      double precision not null,
  loaded_by  text not null,
  loaded_at  timestamptz not null,
  primary key (insurer_id, figure, name)
);
call protect_insurer_rows('peer_values');

-- When the data reached a level of maturity, or fell back to one; as the reports found it.
create table maturity_levels (
  insurer_id int not null references insurers,
  from_on    date not null,
  level      smallint not null check (level between 1 and 5),
  primary key (insurer_id, from_on)
);
call protect_insurer_rows('maturity_levels');

-- What a monthly meeting decided: a task with an owner and a day.
create table meeting_decisions (
  insurer_id  int not null references insurers,
  decision_id bigint generated always as identity,
  month       date not null check (extract(day from month) = 1),
  what        text not null check (what <> ''),
  owner_id    bigint not null,
  due_on      date not null,
  written_by  text not null,
  written_at  timestamptz not null,
  closed_at   timestamptz,
  closed_by   text,
  answer      text,
  primary key (insurer_id, decision_id),
  foreign key (insurer_id, owner_id) references users,
  check ((closed_at is null) = (closed_by is null))
);
create index meeting_decisions_open on meeting_decisions (insurer_id, due_on) where closed_at is null;
create index meeting_decisions_by_month on meeting_decisions (insurer_id, month);
call protect_insurer_rows('meeting_decisions');

-- One figure of a year of days, whatever else the reports write.
create index daily_figures_by_figure on daily_figures (insurer_id, figure, on_date);

-- Not yet due and at high risk: read along the due date, and nothing of the other scores.
create index scores_high on scores (insurer_id, due_on, holder_id, policy_id) where tier = 'high';
