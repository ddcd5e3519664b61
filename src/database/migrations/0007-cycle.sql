-- When a bill was closed without being paid, and the ways in which the day's report and an agent's queue look at bills.

alter table bills add column closed_on date;
alter table bills add check (closed_on is null or state in ('written_off', 'cancelled'));
-- The report reads nothing but these, whatever the size of the past.
create index bills_by_due_on on bills (insurer_id, due_on) include (state, paid_on, holder_id, policy_id);
create index bills_by_paid_on on bills (insurer_id, paid_on) include (issued_on, holder_id, policy_id) where paid_on is not null;
create index bills_by_closed_on on bills (insurer_id, closed_on) where closed_on is not null;

-- A day that is stopped on purpose ends after this stage until it is resumed.
alter table cycle_runs add column stop_after text;

-- An import numbers its new holders while they are staged, so that their policies need not look for them.
do $$ begin execute format('grant usage on sequence %s to inforce_app', pg_get_serial_sequence('holders', 'holder_id')); end $$;

-- Whoever owns the database registers insurers and finds them by their code, also where it is no superuser and so bound by its own forced policies.
create policy installation on insurers to current_user using (true) with check (true);
