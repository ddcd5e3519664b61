-- Delivery: who is sending a contact, how often it was tried, and the way from a receiver's answer back to its contact.

-- The advisory lock that the deliverer holds while it lives; when the lock is free and the contact still `sending`, its deliverer has died.
alter table contacts add column claimed_by bigint;
alter table contacts add column attempts smallint not null default 0;
alter table contacts add constraint contacts_sending_is_claimed check (state <> 'sending' or claimed_by is not null) not valid;

-- Calls stay queued for people; without this index every batch of messages would walk past all of them.
create index contacts_to_deliver on contacts (insurer_id, not_before, contact_id) where state = 'queued' and channel not in ('call', 'voicemail');
-- Delivery receipts of text messages name the message as the operator does.
create index contacts_by_sms_ref on contacts (insurer_id, message_ref) where channel = 'sms' and message_ref is not null;
-- "STOP" comes from a telephone number.
create index holders_by_phone on holders (insurer_id, phone) where phone is not null;
-- A start looks for claims of deliverers that have died.
create index contacts_sending on contacts (insurer_id, claimed_by) where state = 'sending';
