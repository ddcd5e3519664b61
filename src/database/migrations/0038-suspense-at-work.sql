-- Money without a home gets an owner, and a receipt that nobody knew is given to the holder whose it is.
alter table suspense_items add column owner text;
alter table unmatched_receipts
  add column owner       text,
  -- The payment that it became; how often it was given, which names the next one.
  add column given_to    bigint,
  add column given_payment_id bigint,
  add column given_by    text,
  add column times_given int not null default 0,
  add constraint receipt_given_whole check ((given_to is null) = (given_payment_id is null)) not valid;
create index receipts_given on unmatched_receipts (insurer_id, given_to, given_payment_id) where given_to is not null;
create trigger suspense_is_told after update on suspense_items for each statement execute function tell_change('payments');
create trigger receipts_are_told after update on unmatched_receipts for each statement execute function tell_change('payments');
create trigger refunds_are_told after insert or update on refunds for each statement execute function tell_change('payments');
