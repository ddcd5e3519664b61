-- Entries are listed by day, and nobody looks one up by its number alone: the list's index is the key. One index less for each entry that is booked, a sixth of the cost.
alter table postings drop constraint postings_pkey;
drop index postings_in_order;
alter table postings add constraint postings_pkey primary key (insurer_id, booked_on, holder_id, posting_id);
