-- A day's actions by currency and value, and a day's answers of the law, refusals first: each page of either costs as much as the first.

-- Read from its end: the last currency first, in each what is worth most. All ways run the same direction, so that one comparison of rows begins a page. What
-- the day's sums need lies beside the key.
create index if not exists decisions_by_day on decisions (insurer_id, decided_on, currency, value_minor, holder_id, bill_id) include (action, cost_minor, minutes);

-- Takes the place of the index by day alone. `rule` lies beside the key: answers are counted by rule without a look at their rows.
create index if not exists gate_answers_by_answer on gate_answers (insurer_id, asked_on, answer, holder_id, ask_key) include (rule);
drop index if exists gate_answers_by_day;
