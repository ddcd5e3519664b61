/** The database: two doors, forward migrations, one insurer's transaction, bulk copy. */

export { answered, AWAY_MAX_MS, connect, type Database, inInsurer, isConnectionError, readTogether, type Scope } from './connect.ts';
export { copyLines, copyText, copyToTemporary, type CopyValue, readColumns } from './copy.ts';
export { freePort, readSecret } from './embedded.ts';
export { type Sql, type Statement, type Tx } from './sql.ts';
export { copyOf, newFolder, openTestDatabase, prepareTemplate, type TestDatabase } from './test-database.ts';
