-- What a holder may do alone: choose the bills of one payment, say how easy it was, log in by a code, say how and when to be reached.

-- The bills that the payer chose, the named one among them; null: the named one alone. The oldest is paid first, whatever the order here.
alter table payments add column if not exists bill_ids bigint[];
alter table payments add constraint payments_name_a_chosen_bill check (bill_ids is null or bill_id = any(bill_ids)) not valid;

create table survey_answers (
  insurer_id  int not null,
  holder_id   bigint not null,
  payment_id  bigint not null,
  ease        smallint not null check (ease between 1 and 5),
  clarity     smallint check (clarity between 1 and 5),
  -- Of the first answer; it may be changed within the hour.
  answered_at timestamptz not null,
  primary key (insurer_id, holder_id, payment_id),
  foreign key (insurer_id, holder_id, payment_id) references payments
);
create index survey_answers_by_day on survey_answers (insurer_id, answered_at);
call protect_insurer_rows('survey_answers', 'select, insert, update');

-- One code that was asked for. Asked for an address that nobody has, a row is written all the same: both ways cost and answer alike.
create table holder_logins (
  insurer_id   int not null references insurers,
  login_id     bigint generated always as identity,
  address_hash bytea not null,
  holder_ids   bigint[] not null,
  channel      contact_channel not null,
  code_hash    bytea not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  tries        smallint not null default 0,
  -- What the channel said; null while the code is on its way, or where there is nobody to send it to.
  sent         text,
  -- The code was entered; the session lasts until `session_until`, or until the holder leaves.
  entered_at   timestamptz,
  session_until timestamptz,
  left_at      timestamptz,
  primary key (insurer_id, login_id)
);
create index holder_logins_by_address on holder_logins (insurer_id, address_hash, created_at desc);
call protect_insurer_rows('holder_logins');
do $$ begin execute format('grant usage on sequence %s to inforce_app', pg_get_serial_sequence('holder_logins', 'login_id')); end $$;

-- With the owner's rights, because lower() is no leak-proof function and its index could not be used under row-level security; the named insurer alone.
create index if not exists holders_by_email on holders (insurer_id, lower(email)) where email is not null;
create function holders_at_address(by_channel text, at_address text, most int) returns setof bigint
stable security definer set search_path = public language sql as $$
  select holder_id from holders
  where insurer_id = current_insurer() and ((by_channel = 'email' and lower(email) = at_address) or (by_channel = 'sms' and phone = at_address))
  order by holder_id limit most
$$;
revoke all on function holders_at_address from public;
grant execute on function holders_at_address to inforce_app;

-- How a holder wants to be reached: channels in their order, and the hours of their own day outside which nothing but a notice of the law leaves.
alter table holders
  add column if not exists channel_order text[],
  add column if not exists reach_from_minutes smallint check (reach_from_minutes between 0 and 1439),
  add column if not exists reach_to_minutes smallint check (reach_to_minutes between 1 and 1440);

-- One holder's promises: the page of a bill asks for them.
create index if not exists promises_of_bill on promises (insurer_id, holder_id, bill_id);
