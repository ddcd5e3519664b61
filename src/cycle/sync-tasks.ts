/** The connected systems as work of the queue: every five minutes whatever is due, and one at once where a person asks. */

import { dueConnections, queueSync, SYNC_TASK, syncAndGoOn, type SyncJob, type SyncWorld } from '../connections/index.ts';
import { inInsurer } from '../database/index.ts';
import { allInsurers, insurerById } from '../portfolio/index.ts';
import { type OtherWork } from './worker.ts';

const SYNC_DUE_TASK = 'sync_due';

export const syncTasks = (world: SyncWorld): OtherWork => ({
  crontab: `*/5 * * * * ${SYNC_DUE_TASK} ?max=1`,
  tasks: {
    [SYNC_DUE_TASK]: async () => {
      for (const { insurerId } of await allInsurers(world.database)) {
        await inInsurer(world.database.app, insurerId, async (tx) => {
          for (const kind of await dueConnections(tx, new Date(world.now()))) await queueSync(tx, insurerId, kind);
        });
      }
    },
    [SYNC_TASK]: async (payload) => {
      const { insurer_id: insurerId, kind } = payload as SyncJob;
      const insurer = await insurerById(world.database, insurerId);
      if (insurer.ok) await syncAndGoOn(world, insurer.value, kind);
    },
  },
});
