-- Lists of bills by market along an index; the books of complete days in sums; days that finance closes; bills that are put right.

-- The market under whose law a bill was issued. It stays what it was when a policy moves.
alter table bills add column market text;
create function market_of_bill() returns trigger language plpgsql as $$
begin
  select market into new.market from policies where insurer_id = new.insurer_id and holder_id = new.holder_id and policy_id = new.policy_id;
  return new;
end $$;
-- Whoever writes many bills names the market and pays nothing for this.
create trigger bills_know_their_market before insert on bills for each row when (new.market is null) execute function market_of_bill();
do $$
declare
  each int;
begin
  for each in select insurer_id from insurers loop
    perform set_config('inforce.insurer_id', each::text, true);
    update bills b set market = p.market from policies p
    where b.insurer_id = each and p.insurer_id = each and p.holder_id = b.holder_id and p.policy_id = b.policy_id;
  end loop;
  perform set_config('inforce.insurer_id', '', true);
end $$;
-- Open ones lie by market and stage: a list of all merges the first of each. Closed ones by day, the market read from the index.
create index bills_open_by_market on bills (insurer_id, market, stage, due_on, holder_id, bill_id) include (currency, amount_minor, paid_minor) where state = 'open';
drop index bills_open_by_stage;
create index bills_in_order on bills (insurer_id, due_on, holder_id, bill_id) include (market, state, paid_on, policy_id);
drop index bills_by_due_on;
-- Holders by the stage of their bills are found without looking at each bill.
drop index bills_open;
create index bills_open on bills (insurer_id, holder_id, bill_id) include (stage) where state = 'open';

-- The books of complete days: for each day what had moved from one account to another up to and with it, so that a trial balance of any day reads the rows of one day.
-- The cycle's report adds the days that are over; whatever is booked into one of them later is added here by the trigger below, in the same transaction.
create table ledger_days (
  insurer_id     int not null references insurers,
  booked_on      date not null,
  -- '' for money of which nobody is known.
  market         text not null,
  debit_account  ledger_account not null,
  credit_account ledger_account not null,
  currency       currency_code not null,
  amount_minor   bigint not null,
  primary key (insurer_id, booked_on, market, debit_account, credit_account, currency)
);
call protect_insurer_rows('ledger_days');

-- How far the books of an insurer are summed, and how far they are closed: one row for each insurer.
create table ledger_state (
  insurer_id int primary key references insurers,
  summed_to  date,
  closed_to  date,
  check (closed_to is null or summed_to >= closed_to)
);
call protect_insurer_rows('ledger_state');

-- Each closing with what was looked at; never changed.
create table ledger_closings (
  insurer_id int not null references insurers,
  closed_on  date not null,
  closed_at  timestamptz not null,
  closed_by  text not null,
  note       text,
  -- What was found: [{"check","state","count"}].
  checks     jsonb not null,
  primary key (insurer_id, closed_on)
);
call protect_insurer_rows('ledger_closings', 'select, insert');

-- Entries hold the books of their insurer in common until their transaction ends; who sums or closes a day holds them alone, for a moment.
create function hold_books(whose int, alone boolean) returns void language plpgsql as $$
begin
  if alone then perform pg_advisory_xact_lock(1769238117, whose); else perform pg_advisory_xact_lock_shared(1769238117, whose); end if;
end $$;

-- Of the owner, because a person who is bound to some markets books into days of which they see only their part.
create function postings_keep_days() returns trigger security definer set search_path = public language plpgsql as $$
declare
  earliest date;
  whose int;
  books ledger_state;
begin
  select min(booked_on), min(insurer_id) into earliest, whose from new_postings;
  if earliest is null then return null; end if;
  perform hold_books(whose, false);
  select * into books from ledger_state where insurer_id = whose;
  if earliest <= books.closed_to then
    raise exception 'the books are closed to %', books.closed_to using errcode = 'integrity_constraint_violation';
  end if;
  if earliest <= books.summed_to then
    -- A day that has no row yet begins with the sums of the day before it.
    insert into ledger_days (insurer_id, booked_on, market, debit_account, credit_account, currency, amount_minor)
    select whose, n.booked_on, d.market, d.debit_account, d.credit_account, d.currency, d.amount_minor
    from (select distinct booked_on from new_postings p where booked_on <= books.summed_to
            and not exists (select from ledger_days d where d.insurer_id = whose and d.booked_on = p.booked_on)) n
      join ledger_days d on d.insurer_id = whose and d.booked_on = (select max(b.booked_on) from ledger_days b where b.insurer_id = whose and b.booked_on < n.booked_on);
    -- On its own day and on each day after it.
    insert into ledger_days as d (insurer_id, booked_on, market, debit_account, credit_account, currency, amount_minor)
    select whose, days.booked_on, n.market, n.debit_account, n.credit_account, n.currency, sum(n.amount_minor)
    from (select p.booked_on, coalesce(h.market, '') as market, p.debit_account, p.credit_account, p.currency, sum(p.amount_minor) as amount_minor
          from new_postings p left join holders h using (insurer_id, holder_id) where p.booked_on <= books.summed_to group by 1, 2, 3, 4, 5) n
      join (select booked_on from ledger_days where insurer_id = whose union select booked_on from new_postings where booked_on <= books.summed_to) days
        on days.booked_on >= n.booked_on
    group by 2, 3, 4, 5, 6
    on conflict (insurer_id, booked_on, market, debit_account, credit_account, currency) do update set amount_minor = d.amount_minor + excluded.amount_minor;
  end if;
  return null;
end $$;
revoke all on function postings_keep_days from public;
create trigger postings_in_days after insert on postings referencing new table as new_postings for each statement execute function postings_keep_days();

-- A bill that finance has put right, and what it said before; the ledger reverses the old entries and books the new ones.
create table bill_corrections (
  insurer_id    int not null,
  holder_id     bigint not null,
  correction_id bigint generated always as identity,
  bill_id       bigint not null,
  corrected_at  timestamptz not null,
  corrected_by  text not null,
  reason        text not null check (reason in ('premium', 'charges', 'duplicate', 'not_due', 'other')),
  note          text not null check (note <> ''),
  -- {"premium_minor","charges","amount_minor"}; after: null where the bill was withdrawn.
  before        jsonb not null,
  after         jsonb,
  -- Of what had been paid, so much is no longer owed and waits as the holder's money.
  surplus_minor amount_minor not null default 0,
  primary key (insurer_id, holder_id, correction_id),
  foreign key (insurer_id, holder_id, bill_id) references bills
);
create index bill_corrections_of_bill on bill_corrections (insurer_id, holder_id, bill_id);
call protect_insurer_rows('bill_corrections', 'select, insert');
-- What a payment has paid is never changed but by a correction of its bill, which is on record beside it: money that the bill no longer takes leaves its allocation.
create function release_allocation(of_holder bigint, of_correction bigint, of_payment bigint, released bigint) returns void
security definer set search_path = public language plpgsql as $$
declare
  paid allocations;
begin
  select a.* into paid from bill_corrections c join allocations a using (insurer_id, holder_id, bill_id)
  where c.insurer_id = current_insurer() and c.holder_id = of_holder and c.correction_id = of_correction and a.payment_id = of_payment;
  if paid.amount_minor is null or released <= 0 or released > paid.amount_minor then
    raise exception 'there is no such money to release' using errcode = 'integrity_constraint_violation';
  end if;
  if released = paid.amount_minor then
    delete from allocations where insurer_id = paid.insurer_id and holder_id = paid.holder_id and payment_id = paid.payment_id and bill_id = paid.bill_id;
  else
    update allocations set amount_minor = amount_minor - released
    where insurer_id = paid.insurer_id and holder_id = paid.holder_id and payment_id = paid.payment_id and bill_id = paid.bill_id;
  end if;
end $$;
-- A correction after which a bill is paid: what the policy was before is kept where the payment would have kept it.
create function remember_policy(of_holder bigint, of_correction bigint, of_payment bigint, before jsonb) returns void
security definer set search_path = public language sql as $$
  update allocations a set policy_before = before from bill_corrections c
  where c.insurer_id = current_insurer() and c.holder_id = of_holder and c.correction_id = of_correction
    and a.insurer_id = c.insurer_id and a.holder_id = c.holder_id and a.bill_id = c.bill_id and a.payment_id = of_payment;
$$;

-- The cycle tells the planner of a day's rows where a table has outgrown what is known of it; until autovacuum comes by, the morning's lists would be read by bad plans.
create function tell_planner() returns void security definer set search_path = public language plpgsql as $$
declare
  grown text;
begin
  for grown in
    select c.relname from pg_class c join pg_stat_all_tables s on s.relid = c.oid
    where c.oid = any (array['scores', 'decisions', 'gate_answers', 'contacts', 'daily_figures', 'bill_cells']::regclass[]) and s.n_mod_since_analyze > greatest(c.reltuples, 1000)
  loop
    execute format('analyze %I', grown);
  end loop;
end $$;

revoke all on function release_allocation, remember_policy, tell_planner from public;
grant execute on function release_allocation, remember_policy, tell_planner to inforce_app, inforce_scoped;
