-- Bills that the review holds, what it found and what people answered; the day on which a bill leaves, and why; how often bills are wrong and how long that lasts.

-- Accounts that pay by debit: a token, never the number.
create table payer_accounts (
  insurer_id   int not null,
  holder_id    bigint not null,
  token        text not null check (token ~ '^[A-Za-z0-9_-]{43}$'),
  scheme       text not null check (scheme in ('iban', 'us_routing', 'cn_card', 'gb_sort_code')),
  last4        text not null check (last4 ~ '^[A-Z0-9]{1,4}$'),
  country      text check (country ~ '^[A-Z]{2}$'),
  bank_code    text check (length(bank_code) <= 9),
  check_passed boolean not null,
  added_at     timestamptz not null,
  -- The one that bills are collected from: the newest that nobody has closed.
  closed_at    timestamptz,
  primary key (insurer_id, holder_id, token),
  foreign key (insurer_id, holder_id) references holders
);
call protect_insurer_rows('payer_accounts', 'select, insert, update');

alter table bills
  -- Who made it by hand, and the minutes it took. Null: the cycle.
  add column made_by      text,
  add column made_minutes real check (made_minutes >= 0),
  -- Why it left on its day: `payday:10`.
  add column left_because text;
create index bills_by_hand on bills (insurer_id, issued_on) where made_by is not null;
-- A night's bills lie together where they were appended: the smallest of indexes finds them.
create index bills_by_issue on bills using brin (issued_on) with (pages_per_range = 32, autosummarize = on);
create index bills_held on bills (insurer_id, holder_id, bill_id) where state = 'held';

-- A company's books close on this day of the month; 31: its last.
alter table holders add column close_day smallint check (close_day between 1 and 31);
-- Two ways to find what is due to leave in a range of holders: its day is known, or not worked out yet.
create index policies_by_bill_day on policies (insurer_id, holder_id, next_bill_on) where next_bill_on is not null;
create index policies_without_bill_day on policies (insurer_id, holder_id, next_due_on) where next_bill_on is null and next_due_on is not null;

-- Whoever moves a due date and says nothing of the bill's day has it worked out anew.
create function forget_bill_day() returns trigger language plpgsql as $$
begin
  new.next_bill_on := null;
  return new;
end $$;
create trigger bill_days_follow_due_dates before update of next_due_on on policies for each row
  when (old.next_due_on is distinct from new.next_due_on and old.next_bill_on is not distinct from new.next_bill_on) execute function forget_bill_day();

-- A bill that did not leave: since when, and what a person has made of it.
create table bill_holds (
  insurer_id   int not null,
  holder_id    bigint not null,
  bill_id      bigint not null,
  held_on      date not null,
  market       text not null,
  currency     currency_code not null,
  amount_minor amount_minor not null,
  -- `asked`: it waits for a second person. `mended`: its policy or payer was put right, and the review found nothing more.
  state        text not null default 'held' check (state in ('held', 'asked', 'released', 'corrected', 'withdrawn', 'mended')),
  -- Rises with whatever happens to it: who acts on what somebody else has changed is told.
  version      int not null default 1,
  asked_by     text,
  decided_by   text,
  decided_at   timestamptz,
  decided_on   date,
  note         text,
  before       jsonb,
  after        jsonb,
  minutes      real check (minutes >= 0),
  primary key (insurer_id, holder_id, bill_id),
  foreign key (insurer_id, holder_id, bill_id) references bills,
  check ((state in ('held', 'asked')) = (decided_by is null))
);
create index bill_holds_waiting on bill_holds (insurer_id, held_on, holder_id, bill_id) where state in ('held', 'asked');
create index bill_holds_by_day on bill_holds (insurer_id, held_on) include (state, decided_on, market);
call protect_insurer_rows('bill_holds', 'select, insert, update');
create trigger bill_holds_are_told after insert or update on bill_holds for each statement execute function tell_change('bill-review');

create table bill_findings (
  insurer_id  int not null,
  holder_id   bigint not null,
  bill_id     bigint not null,
  place       smallint not null,
  check_id    text not null,
  severity    text not null check (severity in ('hold', 'note')),
  -- {"says","should","rule"}
  details     jsonb not null,
  found_on    date not null,
  -- A note, or a bill that was held: who has answered it.
  answered_by text,
  answered_at timestamptz,
  primary key (insurer_id, holder_id, bill_id, place),
  foreign key (insurer_id, holder_id, bill_id) references bills
);
create index bill_findings_waiting on bill_findings (insurer_id, severity, check_id, found_on, holder_id, bill_id) where answered_at is null;
call protect_insurer_rows('bill_findings');

-- Each night: instalments that were due to leave, bills made of them, and what is left over.
create table bill_runs (
  insurer_id  int not null references insurers,
  on_date     date not null,
  due         int not null,
  issued      int not null,
  held        int not null,
  released    int not null,
  -- Left with less notice than the law or the house wants.
  short_notice int not null,
  -- Policies that should have a bill and have none: [{"holder_id","policy_id","policy_number","due_on","reason"}], the first of them.
  exceptions  jsonb not null,
  exception_count int not null,
  primary key (insurer_id, on_date)
);
call protect_insurer_rows('bill_runs');

-- How right bills are, by the month in which they were made: worked out by the report.
create table bill_quality_cells (
  insurer_id   int not null references insurers,
  month        date not null,
  market       text not null,
  made         text not null check (made in ('cycle', 'hand')),
  as_of        date not null,
  bills        int not null,
  wrong        int not null,
  -- Working days by the market's calendar.
  detect_days  int not null,
  detected     int not null,
  mend_days    int not null,
  mended       int not null,
  -- Of people, and of the machine.
  minutes      double precision not null,
  duration_ms  bigint,
  -- Bills due in the month that are or were overdue: all, and those with a complaint about the bill or a correction of it.
  overdue      int not null,
  overdue_wrong int not null,
  primary key (insurer_id, month, market, made)
);
call protect_insurer_rows('bill_quality_cells');
