-- Files that people bring in by the console, the queue as its insurer may see it, what the integrity checks found, and who changed a person's rights.

-- An import that a person began is a row from its first byte on; one of the command line is written when it is done.
alter table imports alter column file_hash set default '';
alter table imports alter column mapping set default '{}';
alter table imports alter column dry_run set default false;
alter table imports alter column rows_read set default 0;
alter table imports alter column rows_new set default 0;
alter table imports alter column rows_changed set default 0;
alter table imports alter column rows_same set default 0;
alter table imports alter column rows_bad set default 0;
alter table imports alter column started_at drop not null;
alter table imports alter column finished_at drop not null;
alter table imports add column if not exists state text not null default 'done' check (state in ('uploading', 'ready', 'running', 'stopped', 'done', 'failed'));
alter table imports add column if not exists created_at timestamptz not null default now();
-- Null: the command line.
alter table imports add column if not exists created_by text;
alter table imports add column if not exists received_bytes bigint not null default 0;
-- What the file is, each column with some of its values; personal data, so it goes when the file goes.
alter table imports add column if not exists preview jsonb;
-- The first errors and changes of the last run; goes with the file too.
alter table imports add column if not exists result jsonb;
-- The run as it goes on. Whoever runs it says every few seconds that it is still alive.
alter table imports add column if not exists progress jsonb;
alter table imports add column if not exists beat_at timestamptz;
alter table imports add column if not exists stop_asked boolean not null default false;
alter table imports add column if not exists failure jsonb;
alter table imports add column if not exists file_gone_at timestamptz;
grant update on imports to inforce_app;
create index if not exists imports_with_files on imports (insurer_id, import_id) where file_gone_at is null;

-- The queue's own schema is the owner's; these show and touch the jobs of the named insurer alone.
create function queue_jobs(most int) returns table (
  job_id bigint, task text, stage text, business_date date, partition_no int, state text, attempts int, max_attempts int, failure text, run_at timestamptz,
  created_at timestamptz)
stable security definer set search_path = public language plpgsql as $$
begin
  return query
    select j.id, t.identifier, j.payload->>'stage', (j.payload->>'business_date')::date, (j.payload->>'partition_no')::int,
      case when j.locked_at is not null then 'running' when j.attempts >= j.max_attempts then 'failed' when j.last_error is not null then 'retrying' else 'waiting' end,
      j.attempts::int, j.max_attempts::int, left(j.last_error, 1000), j.run_at, j.created_at
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where (j.payload->>'insurer_id')::int = current_insurer()
    order by case when j.last_error is not null and j.locked_at is null then 0 when j.locked_at is not null then 1 else 2 end, j.run_at, j.id limit most;
end $$;
-- The day that waits for the job, or nothing where there is no such job that has failed and is not being worked on.
create function retry_job(wanted bigint) returns date security definer set search_path = public language plpgsql as $$
declare
  day date;
begin
  select (j.payload->>'business_date')::date into day from graphile_worker._private_jobs j
  where j.id = wanted and (j.payload->>'insurer_id')::int = current_insurer() and j.locked_at is null and j.last_error is not null for update;
  if not found then return null; end if;
  perform graphile_worker.reschedule_jobs(array[wanted], run_at => now(), attempts => 0);
  return day;
end $$;
revoke all on function queue_jobs, retry_job from public;
grant execute on function queue_jobs, retry_job to inforce_app;

-- The last answer of each check.
create table integrity_checks (
  insurer_id  int not null references insurers,
  check_name  text not null,
  checked_at  timestamptz not null,
  checked_by  text not null,
  -- How many rows are not as they must be.
  found       int not null,
  -- The first of them.
  found_rows  jsonb not null default '[]',
  duration_ms int not null,
  primary key (insurer_id, check_name)
);
call protect_insurer_rows('integrity_checks');

-- A change says on which version it was made; null markets are all.
alter table users add column if not exists version int not null default 1;
alter table users add column if not exists team text not null default '';
alter table users add column if not exists markets text[];
alter table users add column if not exists changed_by text;
alter table users add column if not exists changed_at timestamptz;
alter table users add column if not exists last_login_at timestamptz;
create function remember_login() returns trigger language plpgsql as $$
begin
  update users set last_login_at = new.created_at where insurer_id = new.insurer_id and user_id = new.user_id;
  return null;
end $$;
create trigger sessions_are_remembered after insert on sessions for each row execute function remember_login();
