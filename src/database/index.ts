/** The database: two doors, forward migrations, one insurer's transaction, bulk copy. */

export { connect, type Database, inInsurer, isConnectionError } from './connect.ts';
export { copyLines, copyText, copyToTemporary, type CopyValue, readColumns } from './copy.ts';
export { readSecret, runningServer } from './embedded.ts';
export { open, type Sql, type Tx } from './sql.ts';
