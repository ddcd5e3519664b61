-- How much of a bill is late fees and interest decides what is paid first and whether cover ends: it can only be what the bill's lines say.
create function fees_of(charges jsonb) returns bigint immutable parallel safe language sql as
$$ select coalesce(sum((c->>'amount_minor')::bigint), 0)::bigint from jsonb_array_elements(charges) c where c->>'kind' in ('late_fee', 'interest') $$;
alter table bills add constraint bills_fees_are_charges check (case when charges is null or charges = 'null' then fees_minor = 0 else fees_minor = fees_of(charges) end) not valid;
