-- Money that goes back to a payer: owed to them from the moment it is approved, gone when the bank has sent it.
create table refunds (
  insurer_id   int not null,
  holder_id    bigint not null,
  refund_id    bigint generated always as identity,
  suspense_id  bigint not null,
  amount_minor amount_minor not null check (amount_minor > 0),
  currency     currency_code not null,
  state        text not null default 'due' check (state in ('due', 'paid', 'undone')),
  due_on       date not null,
  asked_by     text not null,
  reason       text not null check (reason <> ''),
  paid_on      date,
  bank_reference text,
  undone_on    date,
  undone_by    text,
  primary key (insurer_id, holder_id, refund_id),
  foreign key (insurer_id, holder_id, suspense_id) references suspense_items,
  check ((state = 'paid') = (paid_on is not null)),
  check ((state = 'undone') = (undone_on is not null))
);
create index refunds_due on refunds (insurer_id, due_on) where state = 'due';
create index refunds_of_item on refunds (insurer_id, holder_id, suspense_id);
call protect_insurer_rows('refunds', 'select, insert, update');
