-- What did not arrive and what a person did about it; accounts that nobody has spoken to; and who has seen the tour.

-- What did not arrive, newest first: some of a hundred contacts, so the index is small, and whoever is delivered never enters it.
create index if not exists contacts_not_arrived on contacts (insurer_id, (coalesce(closed_at, sent_at, not_before)), holder_id, contact_id) where state in ('failed', 'unconfirmed');

-- Who has sent a message again, or has said whether it left. Never changed.
create table if not exists delivery_acts (
  insurer_id int not null,
  holder_id  bigint not null,
  contact_id bigint not null,
  act_id     bigint generated always as identity,
  act        text not null check (act in ('resent', 'deferred', 'refused', 'left', 'did_not_leave')),
  -- By which channel it was asked to go again, and under which key the law's answer is kept.
  channel    contact_channel,
  ask_key    text,
  -- Null: a program with a key.
  by_user    bigint,
  by_name    text not null,
  at         timestamptz not null,
  primary key (insurer_id, holder_id, contact_id, act_id),
  foreign key (insurer_id, holder_id, contact_id) references contacts,
  check ((act in ('left', 'did_not_leave')) = (channel is null)),
  check ((channel is null) = (ask_key is null))
);
call protect_insurer_rows('delivery_acts', 'select, insert');

-- Null: the tour begins by itself on Today.
alter table users add column if not exists tour_done_at timestamptz;
