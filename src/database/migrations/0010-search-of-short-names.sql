-- Three letters make a trigram, and a Chinese name has none (pg_trgm knows the letters of the database's locale): without an index of its own, "陳美" read every
-- holder. A name's beginning, or that of its given name, finds it; what holds three letters or digits goes to the trigrams as before.

create index holders_by_name on holders (insurer_id, lower(family_name || given_name) text_pattern_ops) where family_name || given_name <> '';
create index holders_by_given_name on holders (insurer_id, lower(given_name) text_pattern_ops) where given_name <> '';

-- With the owner's rights like search_holders: lower() is not leak-proof either.
create function search_holders_by_name(beginning text, most int) returns setof bigint
stable security definer set search_path = public set enable_seqscan = off language sql as $$
  (select holder_id from holders
   where insurer_id = current_insurer() and family_name || given_name <> ''
     and lower(family_name || given_name) ~>=~ lower(beginning) and lower(family_name || given_name) ~<~ (lower(beginning) || chr(1114111))
   order by lower(family_name || given_name) using ~<~ limit most)
  union
  (select holder_id from holders
   where insurer_id = current_insurer() and given_name <> ''
     and lower(given_name) ~>=~ lower(beginning) and lower(given_name) ~<~ (lower(beginning) || chr(1114111))
   order by lower(given_name) using ~<~ limit most)
  limit most
$$;

-- The planner does not know the pattern and would rather read on until twenty are found; a rare name has it read a million holders.
alter function search_holders(text, int) set enable_seqscan = off;
alter function search_holders(text, int) set enable_indexscan = off;
