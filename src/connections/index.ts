/** The insurer's own systems: a CRM both ways, an ERP that receives the journal (docs/connections.md), and where sources disagree of a person. */

export { CONTACT_FIELDS, type ContactField, SOURCES, type Source } from './contact.ts';
export { CHOICES, chooseValue, type Conflict, conflictsOf, openConflicts } from './conflicts.ts';
export { FILE_BYTES_MAX, type FileTaken, takeInFile } from './contacts-file.ts';
export { signature } from './http.ts';
export { journalCsv, journalDifferences } from './journal.ts';
export { completeness, deadLetters, listConnections, retryLetter } from './read.ts';
export { connectionOf, KINDS, type Kind, saveConnection, SECRET_LENGTH_MIN, testConnection } from './settings.ts';
export { dueConnections, queueSync, SYNC_TASK, type SyncJob, syncAndGoOn, syncOnce, type SyncWorld, TRIES_MAX } from './sync.ts';
