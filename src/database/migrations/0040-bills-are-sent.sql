-- A bill that leaves is sent to its holder, as the welcome with the first is.
alter table contacts drop constraint contacts_purpose_check;
alter table contacts add constraint contacts_purpose_known check (purpose in ('premium_reminder', 'receipt', 'legal_notice', 'marketing', 'welcome', 'bill')) not valid;
