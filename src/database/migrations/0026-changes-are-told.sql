-- Screens that are open are told what has changed, so that none of them asks again and again: each of these tables says its name to whoever listens, once for a transaction.
create function tell_change() returns trigger language plpgsql as $$
begin
  if current_insurer() is not null then
    perform pg_notify('inforce_change', json_build_object('insurer_id', current_insurer(), 'what', tg_argv[0])::text);
  end if;
  return null;
end $$;
create trigger imports_are_told after insert or update or delete on imports for each statement execute function tell_change('imports');
create trigger checks_are_told after insert or update on integrity_checks for each statement execute function tell_change('jobs');
create trigger sync_runs_are_told after insert or update on sync_runs for each statement execute function tell_change('connections');
create trigger connections_are_told after insert or update on connections for each statement execute function tell_change('connections');
create trigger hand_overs_are_told after insert or update on hand_overs for each statement execute function tell_change('hand-overs');
create trigger alerts_are_told after insert or update on alerts for each statement execute function tell_change('alerts');
create trigger closings_are_told after insert on ledger_closings for each statement execute function tell_change('ledger');
-- The insurer's clock was moved: another day, another night.
create trigger clocks_are_told after update of clock_offset_ms on insurers for each statement execute function tell_change('clock');
