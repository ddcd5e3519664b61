-- The application's role, the insurer that a transaction speaks for, and the installation's small tables.

do $$ begin
  if not exists (select from pg_roles where rolname = 'inforce_app') then
    create role inforce_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
end $$;
grant usage on schema public to inforce_app;
-- Temporary tables carry bulk rows (see copy.ts).
do $$ begin execute format('grant temporary on database %I to inforce_app', current_database()); end $$;

create extension if not exists pg_trgm;

-- Every policy below compares with this; a transaction that has named no insurer sees nothing.
create function current_insurer() returns int stable parallel safe language sql as
$$ select nullif(current_setting('inforce.insurer_id', true), '')::int $$;

-- Puts one table of an insurer under row-level security, also for its owner, and opens it to the application within that.
create procedure protect_insurer_rows(target regclass, rights text default 'select, insert, update, delete') language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_insurer on %s using (insurer_id = (select current_insurer())) with check (insurer_id = (select current_insurer()))', target);
  execute format('grant %s on %s to inforce_app', rights, target);
end $$;

create domain amount_minor as bigint check (value between -9000000000000000 and 9000000000000000);
create domain currency_code as text check (value ~ '^[A-Z]{3}$');
create domain line_of_business as text check (value in ('life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'));
create domain premium_mode as text check (value in ('annual', 'half_yearly', 'quarterly', 'monthly', 'single'));
create domain language_tag as text check (value in ('en', 'zh-Hans', 'zh-Hant'));
create domain contact_channel as text check (value in ('email', 'sms', 'push', 'wechat', 'call', 'voicemail', 'letter', 'registered_letter'));

create table insurers (
  insurer_id         int generated always as identity primary key,
  code               text not null unique check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
  name               text not null,
  name_zh_hans       text not null,
  name_zh_hant       text not null,
  reporting_currency currency_code not null,
  time_zone          text not null,
  contact_phone      text not null default '',
  contact_email      text not null default '',
  simulated          boolean not null default false,
  -- The movable clock: milliseconds ahead of the machine's. Null seed: a real insurer.
  clock_offset_ms    bigint not null default 0,
  simulation_seed    bigint,
  created_at         timestamptz not null default now()
);
alter table insurers enable row level security;
alter table insurers force row level security;
create policy own_insurer on insurers using (insurer_id = (select current_insurer())) with check (insurer_id = (select current_insurer()));
grant select, update (clock_offset_ms, contact_phone, contact_email) on insurers to inforce_app;

-- Log-in and command line find an insurer by its code before a transaction can name it.
create function insurer_by_code(wanted text) returns table (insurer_id int, simulated boolean, time_zone text, clock_offset_ms bigint)
stable security definer set search_path = public language sql as
$$ select insurer_id, simulated, time_zone, clock_offset_ms from insurers where code = wanted $$;
create function insurer_codes() returns table (insurer_id int, code text, name text, simulated boolean)
stable security definer set search_path = public language sql as $$ select insurer_id, code, name, simulated from insurers order by insurer_id $$;

create table users (
  insurer_id    int not null references insurers,
  user_id       bigint generated always as identity,
  email         text not null check (email = lower(email)),
  name          text not null,
  role          text not null check (role in ('manager', 'agent', 'finance', 'compliance', 'auditor', 'it')),
  password_hash text not null,
  language      language_tag not null default 'en',
  disabled_at   timestamptz,
  created_at    timestamptz not null default now(),
  primary key (insurer_id, user_id),
  unique (insurer_id, email)
);
call protect_insurer_rows('users');

create table sessions (
  insurer_id  int not null,
  token_hash  bytea not null,
  user_id     bigint not null,
  csrf_token  text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  primary key (insurer_id, token_hash),
  foreign key (insurer_id, user_id) references users
);
call protect_insurer_rows('sessions');

create table api_keys (
  insurer_id int not null references insurers,
  key_id     bigint generated always as identity,
  name       text not null,
  key_hash   bytea not null,
  role       text not null check (role in ('manager', 'agent', 'finance', 'compliance', 'auditor', 'it')),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (insurer_id, key_id),
  unique (insurer_id, key_hash)
);
call protect_insurer_rows('api_keys');

create table idempotency_keys (
  insurer_id   int not null references insurers,
  key          text not null,
  request_hash text not null,
  status       int not null,
  response     jsonb not null,
  created_at   timestamptz not null default now(),
  primary key (insurer_id, key)
);
call protect_insurer_rows('idempotency_keys');

-- Jobs are added in the transaction that makes them due; only this function reaches the queue's own schema.
create function enqueue_job(task text, payload json, job_key text default null, run_at timestamptz default null) returns void
security definer set search_path = public language plpgsql as $$
begin
  perform graphile_worker.add_job(task, payload, run_at => coalesce(run_at, now()), job_key => job_key, max_attempts => 5);
end $$;
revoke all on function enqueue_job from public;
grant execute on function enqueue_job to inforce_app;
