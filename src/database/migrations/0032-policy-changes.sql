-- Schedules to the cent, and what changes of a policy do to its bills.

alter table policies
  -- The year's premium, where the instalments share it and it cannot be divided evenly. Null: each regular instalment costs premium_minor.
  add column year_premium_minor amount_minor check (year_premium_minor > 0),
  -- The disclosed charge for paying in instalments, in hundredths of a per cent of the premium.
  add column instalment_charge_points smallint not null default 0 check (instalment_charge_points between 0 and 2000);

-- Each act on a policy's terms, with all that is needed to take it back. What was billed and booked for it stands on its bills and their corrections.
create table policy_changes (
  insurer_id   int not null,
  holder_id    bigint not null,
  change_id    bigint generated always as identity,
  policy_id    bigint not null,
  kind         text not null check (kind in ('increase', 'reduction', 'cancellation', 'due_day', 'mode', 'premium_holiday', 'reinstatement', 'backdated')),
  effective_on date not null,
  -- A later change may begin from here.
  holds_from   date not null,
  -- The order as it was given, and the policy's terms around it: {"premium_minor","year_premium_minor","mode","due_day","cover_from",…,"state","next_due_on"}.
  asked        jsonb not null,
  terms_before jsonb not null,
  terms_after  jsonb not null,
  -- Of a premium holiday: nothing is billed for these days; cover goes on, or rests.
  holiday_from date,
  holiday_to   date,
  holiday_cover text check (holiday_cover in ('continues', 'pauses')),
  -- What was billed for it, and the bills that ask for less or nothing since: [{"bill_id","correction_id","before":{…}}].
  bill_ids     bigint[] not null default '{}',
  corrected    jsonb not null default '[]',
  asked_again  jsonb not null default '[]',
  asked_by     text not null,
  -- The holder alone, in the portal.
  by_holder    boolean not null default false,
  asked_at     timestamptz not null,
  note         text not null default '',
  undone_at    timestamptz,
  undone_by    text,
  primary key (insurer_id, holder_id, change_id),
  foreign key (insurer_id, holder_id, policy_id) references policies,
  check ((undone_at is null) = (undone_by is null)),
  check ((holiday_from is null) = (holiday_to is null) and holiday_to > holiday_from)
);
create index policy_changes_of_policy on policy_changes (insurer_id, holder_id, policy_id, change_id);
call protect_insurer_rows('policy_changes', 'select, insert, update');
create trigger policy_changes_are_told after insert or update on policy_changes for each statement execute function tell_change('policies');
