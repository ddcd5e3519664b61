-- Strategies: what may be done about whose bills, towards which goal in money, and within which limit of the relationship. Rows are kept version by version, so that
-- a past decision can always be explained.

create table strategies (
  insurer_id          int not null references insurers,
  -- 1 is the house's: it holds wherever no other does.
  strategy_id         int not null check (strategy_id > 0),
  version             int not null check (version > 0),
  latest              boolean not null default true,
  name                text not null check (btrim(name) <> ''),
  -- Null: all markets, all lines, everybody.
  market              text check (market ~ '^[A-Z]{2}$'),
  line                line_of_business,
  segment_id          bigint,
  goal_metric         text not null check (goal_metric in ('paid_on_time', 'recovery_rate', 'cost_to_collect')),
  -- Shares between 0 and 1.
  goal_value          double precision not null check (goal_value >= 0),
  guard_metric        text not null check (guard_metric in ('complaints_per_1000_contacts', 'opt_outs_per_1000_contacts', 'non_renewal')),
  guard_limit         double precision not null check (guard_limit >= 0),
  contacts_7_days_min smallint not null check (contacts_7_days_min >= 0),
  contacts_7_days_max smallint not null check (contacts_7_days_max between 1 and 14),
  treatments          text[] not null check (cardinality(treatments) > 0),
  -- Days from the due date before which it does nothing; null: as the calendar says.
  first_day           smallint check (first_day between -30 and 3),
  tone_max            text not null check (tone_max in ('friendly', 'direct', 'urgent')),
  -- Who is told; null: all managers.
  owner_id            bigint,
  state               text not null check (state in ('draft', 'active', 'retired')),
  changed_by          text not null,
  changed_at          timestamptz not null,
  primary key (insurer_id, strategy_id, version),
  foreign key (insurer_id, owner_id) references users,
  foreign key (insurer_id, segment_id) references segments,
  check (contacts_7_days_min <= contacts_7_days_max),
  check (strategy_id > 1 or (market is null and line is null and segment_id is null and state = 'active'))
);
create unique index strategies_latest on strategies (insurer_id, strategy_id) where latest;
create unique index strategies_one_for_a_scope on strategies (insurer_id, market, line, segment_id) nulls not distinct where latest and state = 'active';
call protect_insurer_rows('strategies', 'select, insert, update');
-- What holds in all markets concerns a person of one of them too.
drop policy own_markets on strategies;
create policy own_markets on strategies as restrictive to inforce_scoped using (market is null or market = any ((select current_markets())::text[]));

-- Every insurer has the house's strategy from its first moment: the cap and the treatments that decisions had before there were strategies (src/strategy/parameters.json,
-- contacts_7_days_max). Its goal is the on-time share of the project's brief (S211), its limit a prior; both unverified.
create procedure add_strategy_of_house(to_insurer int, at timestamptz) language plpgsql as $$
declare
  named text := coalesce(current_setting('inforce.insurer_id', true), '');
begin
  -- Row-level security holds for the owner too.
  perform set_config('inforce.insurer_id', to_insurer::text, true);
  insert into strategies (insurer_id, strategy_id, version, name, goal_metric, goal_value, guard_metric, guard_limit, contacts_7_days_min, contacts_7_days_max, treatments, tone_max, state,
    changed_by, changed_at)
  values (to_insurer, 1, 1, 'House', 'paid_on_time', 0.92, 'complaints_per_1000_contacts', 5, 0, 3, '{email,sms,push,wechat,call,letter,offer_plan,escalate}', 'urgent', 'active', 'Inforce', at);
  perform set_config('inforce.insurer_id', named, true);
end $$;
create function give_strategy_of_house() returns trigger language plpgsql as $$
begin
  call add_strategy_of_house(new.insurer_id, new.created_at);
  return null;
end $$;
revoke all on procedure add_strategy_of_house from public;
revoke all on function give_strategy_of_house from public;
create trigger strategy_of_house after insert on insurers for each row execute function give_strategy_of_house();
do $$
declare
  one record;
begin
  for one in select insurer_id, created_at from insurers loop
    call add_strategy_of_house(one.insurer_id, one.created_at);
  end loop;
end $$;

-- What was decided before was decided as the house's first version says. No foreign key: versions are never taken away, and one row would be locked by every range at once.
alter table decisions add column strategy_id int not null default 1, add column strategy_version int not null default 1;

-- What happened under a strategy, each thing on the day on which it happened.
create table strategy_cells (
  insurer_id       int not null references insurers,
  on_date          date not null,
  strategy_id      int not null,
  strategy_version int not null,
  market           text not null,
  line             line_of_business not null,
  currency         currency_code not null,
  -- Bills decided about, and acts chosen with their cost and a person's minutes.
  decided          int not null,
  acts             int not null,
  cost_minor       amount_minor not null,
  minutes          double precision not null,
  -- Touches that were held back because the person had heard enough.
  capped           int not null,
  contacts         int not null,
  -- Money that came in within 14 days after a contact about its bill, and the bills it was for.
  recovered_minor  amount_minor not null,
  recovered_bills  int not null,
  -- Contacts whose 14 days ended without another about the same bill, and how many of these bills were paid.
  judged           int not null,
  judged_paid      int not null,
  -- Bills that fell due after a decision about them, and how many were paid by then.
  due              int not null,
  due_paid         int not null,
  -- Bills that came to their end, and how many of them unpaid.
  ended            int not null,
  lost             int not null,
  complaints       int not null,
  opt_outs         int not null,
  primary key (insurer_id, on_date, strategy_id, strategy_version, market, line, currency)
);
call protect_insurer_rows('strategy_cells');

-- Overdue accounts that have heard from us less often in seven days than their strategy asks for, with the bill that has been due longest. Written by the day's decisions; its
-- report takes out whom the day's own contacts reach.
create table accounts_under_floor (
  insurer_id       int not null,
  holder_id        bigint not null,
  strategy_id      int not null,
  strategy_version int not null,
  as_of            date not null,
  bill_id          bigint not null,
  due_on           date not null,
  contacts_7_days  smallint not null,
  floor            smallint not null check (contacts_7_days < floor),
  primary key (insurer_id, holder_id, strategy_id),
  foreign key (insurer_id, holder_id, bill_id) references bills
);
create index accounts_under_floor_by_strategy on accounts_under_floor (insurer_id, strategy_id, due_on, holder_id, bill_id);
call protect_insurer_rows('accounts_under_floor');

create table floor_cells (
  insurer_id  int not null references insurers,
  as_of       date not null,
  strategy_id int not null,
  market      text not null,
  accounts    int not null check (accounts > 0),
  primary key (insurer_id, as_of, strategy_id, market)
);
call protect_insurer_rows('floor_cells');

-- An alert is of a target or of a strategy.
alter table alerts alter column target_id drop not null, add column strategy_id int, add constraint alerts_of_one_kind check ((target_id is null) <> (strategy_id is null));
create unique index alerts_one_standing_of_a_strategy on alerts (insurer_id, strategy_id, figure) where strategy_id is not null and recovered_on is null;
