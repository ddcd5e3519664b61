-- Who sells and looks after policies, and what they earn when premiums are paid.
create table producers (
  insurer_id   int not null references insurers,
  producer_id  bigint generated always as identity,
  name         text not null check (name <> ''),
  external_ref text not null default '',
  added_by     text not null,
  primary key (insurer_id, producer_id)
);
call protect_insurer_rows('producers', 'select, insert, update');

create table policy_producers (
  insurer_id  int not null,
  holder_id   bigint not null,
  policy_id   bigint not null,
  producer_id bigint not null,
  since       date not null,
  primary key (insurer_id, holder_id, policy_id),
  foreign key (insurer_id, holder_id, policy_id) references policies
);
call protect_insurer_rows('policy_producers');

create table commission_rates (
  insurer_id  int not null references insurers,
  rate_id     bigint generated always as identity,
  -- Null: every producer without a rate of their own.
  producer_id bigint,
  line        line_of_business not null,
  policy_year text not null check (policy_year in ('first', 'renewal')),
  from_on     date not null,
  -- Of the premium, without levies, taxes and fees.
  rate_ppm    int not null check (rate_ppm between 0 and 1000000),
  entered_by  text not null,
  primary key (insurer_id, rate_id),
  unique nulls not distinct (insurer_id, producer_id, line, policy_year, from_on),
  foreign key (insurer_id, producer_id) references producers
);
call protect_insurer_rows('commission_rates', 'select, insert');

create table commissions (
  insurer_id    int not null,
  holder_id     bigint not null,
  commission_id bigint generated always as identity,
  payment_id    bigint not null,
  bill_id       bigint not null,
  policy_id     bigint not null,
  producer_id   bigint not null,
  premium_minor amount_minor not null,
  rate_ppm      int not null,
  amount_minor  amount_minor not null check (amount_minor > 0),
  currency      currency_code not null,
  earned_on     date not null,
  -- Clawed back: the payment has gone back.
  reversed_on   date,
  primary key (insurer_id, holder_id, commission_id),
  unique (insurer_id, holder_id, payment_id, bill_id),
  foreign key (insurer_id, holder_id, payment_id) references payments
);
create index commissions_earned on commissions (insurer_id, producer_id, earned_on);
create index commissions_reversed on commissions (insurer_id, producer_id, reversed_on) where reversed_on is not null;
call protect_insurer_rows('commissions', 'select, insert, update');
create trigger producers_are_told after insert or update on producers for each statement execute function tell_change('producers');
create trigger rates_of_commission_are_told after insert on commission_rates for each statement execute function tell_change('producers');
create trigger policy_producers_are_told after insert or update or delete on policy_producers for each statement execute function tell_change('producers');
create trigger commissions_are_told after insert or update on commissions for each statement execute function tell_change('producers');
