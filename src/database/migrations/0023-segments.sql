-- Segments: policies picked out by conditions, and what each report counted of them.

create table segments (
  insurer_id  int not null references insurers,
  segment_id  bigint generated always as identity,
  -- As its maker wrote it.
  name        text not null check (btrim(name) <> ''),
  -- All must hold; see `segmentConditions` in src/portfolio/segments.ts.
  conditions  jsonb not null,
  version     int not null default 1,
  changed_by  text not null,
  changed_at  timestamptz not null,
  archived_at timestamptz,
  primary key (insurer_id, segment_id)
);
-- An archived one gives its name back.
create unique index segments_by_name on segments (insurer_id, lower(name)) where archived_at is null;
call protect_insurer_rows('segments');
