/** A deliverer in a process of its own, which a test kills: `node deliverer.ts <data directory> <database url> <insurer id> <smtp url> <smpp url>`. */

import { connect } from '../../src/database/index.ts';
import { expectOk, type InsurerId } from '../../src/kernel/index.ts';
import { deliverDue } from '../../src/outreach/index.ts';
import { worldOf } from './fixture.ts';

const [dataDirectory = '', databaseUrl = '', insurerId = '', smtpUrl = '', smppUrl = ''] = process.argv.slice(2);
const database = expectOk(await connect({ dataDirectory, databaseUrl }));
const world = await worldOf(database, dataDirectory, Number(insurerId) as InsurerId, { smtpUrl, smppUrl });
console.log(JSON.stringify(await deliverDue(world)));
await world.channels.close();
await database.close();
