-- The bill as a document: which design each bill was made with, what its holder did with it, and what came of each design.

-- The insurer's own versions of a design; a design without a row is as the house has it (src/document/designs). Rows are kept version by version.
create table bill_designs (
  insurer_id int not null references insurers,
  design_id  text not null check (design_id ~ '^[a-z][a-z-]{1,39}$'),
  version    int not null check (version > 1),
  latest     boolean not null default true,
  -- Layout, colour, wording: as src/document reads them.
  terms      jsonb not null,
  -- A weight among the published ones; 0: nobody gets it.
  share      smallint not null check (share between 0 and 100),
  state      text not null check (state in ('draft', 'published')),
  -- How plain its words were found, in the language that has the least.
  score      smallint not null check (score between 0 and 100),
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (insurer_id, design_id, version)
);
create unique index bill_designs_latest on bill_designs (insurer_id, design_id) where latest;
call protect_insurer_rows('bill_designs', 'select, insert, update');

-- Written once, when a bill's document is first opened, sent or printed: a later change of designs or shares leaves it as it is. No foreign key to designs: versions are never taken
-- away, and those of the house have no row.
create table bill_documents (
  insurer_id     int not null,
  holder_id      bigint not null,
  bill_id        bigint not null,
  design_id      text not null,
  design_version int not null,
  made_on        date not null,
  made_at        timestamptz not null,
  primary key (insurer_id, holder_id, bill_id),
  foreign key (insurer_id, holder_id, bill_id) references bills
);
create index bill_documents_by_day on bill_documents (insurer_id, made_on);
call protect_insurer_rows('bill_documents', 'select, insert');

-- The first time of each. Whoever opens a bill has got it, so `delivered` is never later.
create table bill_document_events (
  insurer_id  int not null,
  holder_id   bigint not null,
  bill_id     bigint not null,
  kind        text not null check (kind in ('delivered', 'opened', 'clicked')),
  occurred_at timestamptz not null,
  primary key (insurer_id, holder_id, bill_id, kind),
  foreign key (insurer_id, holder_id, bill_id) references bill_documents
);
call protect_insurer_rows('bill_document_events', 'select, insert');

-- Bills by the day on which their document was made: written by the report, and written again until all that it counts has happened.
create table bill_design_cells (
  insurer_id     int not null references insurers,
  on_date        date not null,
  design_id      text not null,
  design_version int not null,
  market         text not null,
  made           int not null,
  delivered      int not null,
  opened         int not null,
  clicked        int not null,
  -- Delivered so long ago that the span has passed, and paid in full within it.
  ripe_24h       int not null,
  paid_24h       int not null,
  ripe_7d        int not null,
  paid_7d        int not null,
  -- Of those whose due date has come.
  due            int not null,
  due_paid       int not null,
  -- Bills about which a question was raised after the document was made.
  questions      int not null,
  primary key (insurer_id, on_date, design_id, design_version, market)
);
call protect_insurer_rows('bill_design_cells');

-- Minutes from delivered to clicked, in steps of a twelfth of a doubling: bucket = floor(12 × log2(minutes + 1)). A median of them is right within 6 %.
create table bill_click_cells (
  insurer_id     int not null references insurers,
  on_date        date not null,
  design_id      text not null,
  design_version int not null,
  market         text not null,
  bucket         smallint not null check (bucket >= 0),
  clicks         int not null check (clicks > 0),
  primary key (insurer_id, on_date, design_id, design_version, market, bucket)
);
call protect_insurer_rows('bill_click_cells');
