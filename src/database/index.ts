export { connect, inInsurer, open, type Database, type Sql, type Tx } from './connect.ts';
export { copyLines, copyText, copyToTemporary, type CopyValue } from './copy.ts';
export { readSecret, runningServer } from './embedded.ts';
