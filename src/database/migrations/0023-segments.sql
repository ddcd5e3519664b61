-- Segments: policies picked out by conditions, and what was counted of them last.

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
  -- The day as of which its cells tell, by the conditions as they stand; null: they are still to be counted.
  counted_on  date,
  primary key (insurer_id, segment_id)
);
-- An archived one gives its name back.
create unique index segments_by_name on segments (insurer_id, lower(name)) where archived_at is null;
call protect_insurer_rows('segments');

-- What happened, what is to be expected, what is done: by the holder's market, of each segment and, as segment 0, of the whole book. What each figure counts stands in
-- src/insight/segment-cells.ts.
create table segment_cells (
  insurer_id     int not null references insurers,
  segment_id     bigint not null,
  market         text not null,
  figure         text not null check (figure in ('holders', 'policies', 'lapsed', 'due', 'way', 'ahead', 'unscored', 'act', 'wait', 'law')),
  -- A state, an outcome, a way to pay, days ahead, an action, a reason, a rule; or nothing.
  part           text not null,
  -- XXX, "no currency" (ISO 4217), where a holder is counted.
  currency       currency_code not null,
  items          bigint not null check (items > 0),
  amount_minor   amount_minor not null,
  -- Of what was paid: days after the due date, or since the issue.
  days           bigint not null,
  -- Of what falls due: the sum of the probabilities of being late, and of the amounts by them.
  expected       numeric not null,
  expected_minor amount_minor not null,
  cost_minor     amount_minor not null,
  primary key (insurer_id, segment_id, market, figure, part, currency)
);
call protect_insurer_rows('segment_cells');

-- The same of one range of holders on the last day: written by the stage `segment`, summed by `report`.
create table segment_range_cells (
  insurer_id     int not null references insurers,
  as_of          date not null,
  holder_from    bigint not null,
  segment_id     bigint not null,
  market         text not null,
  figure         text not null,
  part           text not null,
  currency       currency_code not null,
  items          bigint not null,
  amount_minor   amount_minor not null,
  days           bigint not null,
  expected       numeric not null,
  expected_minor amount_minor not null,
  cost_minor     amount_minor not null,
  primary key (insurer_id, as_of, holder_from, segment_id, market, figure, part, currency)
);
call protect_insurer_rows('segment_range_cells');
