-- A person may be bound to some markets. Their transactions run as a role of their own, for which each table shows only holders of these markets and what hangs on
-- them; the plans of everybody else, and of the cycle, do not know of it.

alter table users add column if not exists markets text[];

do $$ begin
  if not exists (select from pg_roles where rolname = 'inforce_scoped') then
    create role inforce_scoped nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
end $$;
-- Not inherited: what is said of the bound role must not be said of the other.
do $$ begin
  -- Another installation on this server may have done it, and this one may not be allowed to.
  if not exists (select from pg_auth_members where roleid = 'inforce_scoped'::regrole and member = 'inforce_app'::regrole) then
    grant inforce_scoped to inforce_app with inherit false, set true;
  end if;
end $$;
grant usage on schema public to inforce_scoped;

create function current_markets() returns text[] stable parallel safe language sql as
$$ select string_to_array(current_setting('inforce.markets', true), ',') $$;

create procedure bind_to_markets(target regclass) language plpgsql as $$
declare
  held record;
  shown text;
begin
  for held in
    select distinct privilege_type as name, null::text as column_name from information_schema.role_table_grants
    where grantee = 'inforce_app' and table_schema = 'public' and table_name = (select relname from pg_class where oid = target)
    union all
    select privilege_type, column_name from information_schema.column_privileges
    where grantee = 'inforce_app' and table_schema = 'public' and table_name = (select relname from pg_class where oid = target)
  loop
    execute format('grant %s %s on %s to inforce_scoped', held.name, coalesce('(' || quote_ident(held.column_name) || ')', ''), target);
  end loop;
  select case
    when target = 'holders'::regclass then 'market = any ((select current_markets())::text[])'
    when exists (select from pg_attribute where attrelid = target and attname = 'holder_id' and not attisdropped)
      then format('exists (select from holders own where own.insurer_id = %1$s.insurer_id and own.holder_id = %1$s.holder_id)', target)
    when exists (select from pg_attribute where attrelid = target and attname = 'market' and not attisdropped) then 'market = any ((select current_markets())::text[])'
  end into shown;
  if shown is not null then
    execute format('create policy own_markets on %s as restrictive to inforce_scoped using (%s) with check (%s)', target, shown, shown);
  end if;
end $$;

create or replace procedure protect_insurer_rows(target regclass, rights text default 'select, insert, update, delete') language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_insurer on %s using (insurer_id = (select current_insurer())) with check (insurer_id = (select current_insurer()))', target);
  execute format('grant %s on %s to inforce_app', rights, target);
  call bind_to_markets(target);
end $$;

do $$
declare
  target regclass;
begin
  for target in
    select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'insurer_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname
  loop
    call bind_to_markets(target);
  end loop;
end $$;

do $$
declare
  called record;
begin
  for called in
    select p.oid::regprocedure as name from pg_proc p, aclexplode(p.proacl) g
    where p.pronamespace = 'public'::regnamespace and g.grantee = 'inforce_app'::regrole and g.privilege_type = 'EXECUTE'
  loop
    execute format('grant execute on function %s to inforce_scoped', called.name);
  end loop;
end $$;
