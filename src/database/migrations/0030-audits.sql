-- What the auditor found in the report of each day.
create table ledger_audits (
  insurer_id   int not null references insurers,
  audited_on   date not null,
  differences  int not null check (differences >= 0),
  -- The first of them: [{"where","id","currency","expected_minor","found_minor"}].
  first_rows   jsonb not null default '[]',
  primary key (insurer_id, audited_on)
);
call protect_insurer_rows('ledger_audits');
