-- Plans that a holder has agreed to instead of a bill: in parts, or on a later day. Every version is kept.

create table plans (
  insurer_id    int not null,
  holder_id     bigint not null,
  plan_id       bigint generated always as identity,
  policy_id     bigint not null,
  -- The bill that the plan is paid instead of, and all that is needed to ask for it again: {"premium_minor","charges","amount_minor","policy_state"}.
  bill_id       bigint not null,
  bill_before   jsonb not null,
  -- The delinquency clock as it stood: restored, not restarted, when the plan is broken.
  due_on        date not null,
  stage         text not null,
  stage_since   date,
  grace_ends_on date,
  correction_id bigint,
  kind          text not null check (kind in ('spread', 'interest_free', 'deferral')),
  version       int not null default 1 check (version >= 1),
  state         text not null default 'agreed' check (state in ('agreed', 'kept', 'review', 'broken', 'undone')),
  state_since   date not null,
  currency      currency_code not null,
  total_minor   amount_minor not null check (total_minor > 0),
  charge_minor  amount_minor not null check (charge_minor >= 0),
  funding_minor amount_minor not null check (funding_minor >= 0),
  -- The bills of all versions; those of an older one are withdrawn.
  bill_ids      bigint[] not null,
  agreed_by     text not null,
  -- The holder alone, in the portal.
  by_holder     boolean not null default false,
  agreed_at     timestamptz not null,
  note          text not null default '',
  undone_at     timestamptz,
  undone_by     text,
  primary key (insurer_id, holder_id, plan_id),
  foreign key (insurer_id, holder_id, policy_id) references policies,
  foreign key (insurer_id, holder_id, bill_id) references bills,
  check ((state = 'undone') = (undone_at is not null) and (undone_at is null) = (undone_by is null))
);
create index plans_standing on plans (insurer_id, state, holder_id, plan_id);
create index plans_of_bill on plans (insurer_id, holder_id, bill_id);
call protect_insurer_rows('plans', 'select, insert, update');
create trigger plans_are_told after insert or update on plans for each statement execute function tell_change('bills');

create table plan_versions (
  insurer_id  int not null,
  holder_id   bigint not null,
  plan_id     bigint not null,
  version     int not null check (version >= 1),
  -- {"kind","parts","days"} and the bills that it made: [{"bill_id","due_on","amount_minor"}].
  asked       jsonb not null,
  parts       jsonb not null,
  charge_minor  amount_minor not null,
  funding_minor amount_minor not null,
  made_by     text not null,
  made_at     timestamptz not null,
  note        text not null default '',
  primary key (insurer_id, holder_id, plan_id, version),
  foreign key (insurer_id, holder_id, plan_id) references plans
);
call protect_insurer_rows('plan_versions', 'select, insert');
