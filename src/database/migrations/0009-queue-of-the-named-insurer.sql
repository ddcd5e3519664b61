-- A transaction that speaks for one insurer queues that insurer's work and no other: a job of another's name would take the place of the real one.
create or replace function enqueue_job(task text, payload json, job_key text default null, run_at timestamptz default null) returns void
security definer set search_path = public language plpgsql as $$
begin
  if (payload->>'insurer_id')::int is distinct from current_insurer() or current_insurer() is null or job_key not like 'cycle:' || current_insurer() || ':%' then
    raise exception 'a job belongs to the named insurer' using errcode = 'insufficient_privilege';
  end if;
  perform graphile_worker.add_job(task, payload, run_at => coalesce(run_at, now()), job_key => job_key, max_attempts => 5);
end $$;
