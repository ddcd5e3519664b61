-- What the figures are to be, who is told when they are not, what cash is to be expected, and what delay costs.

create table targets (
  insurer_id int not null references insurers,
  target_id  bigint generated always as identity,
  figure     text not null check (figure in ('paid_on_time', 'days_to_collect', 'uncollectible', 'mean_days_late', 'digital')),
  -- Null: all.
  market     text check (market ~ '^[A-Z]{2}$'),
  line       line_of_business,
  -- 3 to 6 months, one year, 2 to 3 years.
  term       text not null check (term in ('short', 'middle', 'long')),
  -- Shares between 0 and 1, days as days.
  goal       double precision not null check (goal >= 0),
  warning    double precision check (warning >= 0),
  -- Null: all managers.
  owner_id   bigint,
  from_on    date not null,
  until_on   date not null,
  version    int not null default 1,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (insurer_id, target_id),
  unique nulls not distinct (insurer_id, figure, market, line, term, from_on),
  foreign key (insurer_id, owner_id) references users,
  check (until_on > from_on)
);
call protect_insurer_rows('targets');

-- Keeps what was crossed as it was: an alert outlives its target.
create table alerts (
  insurer_id      int not null references insurers,
  alert_id        bigint generated always as identity,
  target_id       bigint not null,
  figure          text not null,
  market          text,
  line            line_of_business,
  on_date         date not null,
  value           double precision not null,
  warning         double precision not null,
  owner_id        bigint,
  raised_at       timestamptz not null,
  escalated_at    timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  note            text not null default '',
  -- The first day on which the figure was back on the right side.
  recovered_on    date,
  primary key (insurer_id, alert_id),
  foreign key (insurer_id, owner_id) references users,
  check ((acknowledged_at is null) = (acknowledged_by is null))
);
create unique index alerts_one_standing on alerts (insurer_id, target_id) where recovered_on is null;
create index alerts_by_day on alerts (insurer_id, raised_at desc);
call protect_insurer_rows('alerts');

-- When bills are paid, by days from their due date: of those unpaid at the beginning of the day and seen to its end, how many were paid on it. Twice: as of today, and as
-- of four weeks ago, for the back-test.
create table payment_curve_cells (
  insurer_id int not null references insurers,
  as_of      date not null,
  market     text not null,
  line       line_of_business not null,
  day        smallint not null check (day between -30 and 90),
  at_risk    int not null check (at_risk > 0),
  paid       int not null check (paid between 0 and at_risk),
  primary key (insurer_id, as_of, market, line, day)
);
call protect_insurer_rows('payment_curve_cells');

-- Bills open on `as_of`, and those that policies in force will bring, by due date; as of four weeks ago also what came in since, by day (`paid`).
create table cash_cells (
  insurer_id   int not null references insurers,
  as_of        date not null,
  market       text not null,
  line         line_of_business not null,
  currency     currency_code not null,
  kind         text not null check (kind in ('open', 'to_issue', 'paid')),
  on_date      date not null,
  bills        int not null check (bills > 0),
  amount_minor amount_minor not null,
  primary key (insurer_id, as_of, market, line, currency, kind, on_date)
);
call protect_insurer_rows('cash_cells');

-- What money costs this insurer. Without a row: the defaults of src/insight/cost-of-delay.ts.
create table finance_rates (
  insurer_id         int primary key references insurers,
  capital_annual     double precision not null check (capital_annual between 0 and 1),
  opportunity_annual double precision not null check (opportunity_annual between 0 and 1),
  -- For 30 days, not for a year.
  delay_30_days      double precision not null check (delay_30_days between 0 and 1),
  delay_to_profit    double precision not null check (delay_to_profit between 0 and 1),
  -- For each point of the recovery rate.
  funds_per_point    double precision not null check (funds_per_point between 0 and 1),
  return_per_point   double precision not null check (return_per_point between 0 and 1),
  -- Cost of each unit received, before; null: none was set.
  cost_baseline      double precision check (cost_baseline > 0),
  version            int not null default 1,
  changed_by         text not null,
  changed_at         timestamptz not null
);
call protect_insurer_rows('finance_rates');

-- Each day's minutes of people's work on bills, and what came in that day for bills that people had worked on in the two weeks before.
create table effort_cells (
  insurer_id   int not null references insurers,
  on_date      date not null,
  market       text not null,
  currency     currency_code not null,
  minutes      double precision not null check (minutes >= 0),
  cash_minor   amount_minor not null,
  primary key (insurer_id, on_date, market, currency)
);
call protect_insurer_rows('effort_cells');
