-- Promises and disputes as lists of the whole insurer, each in the order of its day, and what a person said when a dispute was closed.

create index if not exists promises_by_pay_by on promises (insurer_id, state, pay_by, promise_id);
create index if not exists disputes_open_by_answer_by on disputes (insurer_id, answer_by, dispute_id) where closed_at is null;
create index if not exists disputes_closed_by_answer_by on disputes (insurer_id, answer_by, dispute_id) where closed_at is not null;
-- The agent's queue looks at calls alone, however many messages wait beside them.
create index if not exists contacts_calls_waiting on contacts (insurer_id, not_before, contact_id) where channel = 'call' and state = 'queued';

alter table disputes add column if not exists resolution_note text;
alter table disputes add column if not exists closed_by text;
