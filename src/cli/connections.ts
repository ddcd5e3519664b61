/** `inforce connections …`: how the insurer's CRM and ERP are doing, and a sync at once. */

import { type Command } from 'commander';
import { KINDS, listConnections, syncOnce } from '../connections/index.ts';
import { inInsurer, readSecret } from '../database/index.ts';
import { fail, ok } from '../kernel/index.ts';
import { problemText } from '../kernel/problem-texts.ts';
import { dataDirectory, insurerOption, terminalLanguage, withInsurer } from './house.ts';

export function registerConnections(program: Command): void {
  const connections = program.command('connections').description('the insurer’s CRM and ERP: how they are doing, a sync at once');
  insurerOption(connections.command('list')).description('Each connection with its last run')
    .addHelpText('after', '\nExample: inforce connections list --insurer harbour')
    .action((options: { readonly insurer?: string }) => withInsurer(options.insurer, async (database, { insurerId }) => {
      for (const one of await inInsurer(database.app, insurerId, listConnections)) {
        const state = !one.enabled ? 'paused' : one.failing_since === null ? 'working' : `failing since ${one.failing_since.toISOString()}: ${problemText({ code: one.reason ?? 'internal', details: { detail: one.reason_detail } }, terminalLanguage())}`;
        const [run] = one.runs;
        console.log(`${one.kind}  ${one.base_url}  ${state}${run === undefined ? '' : `; last run ${run.started_at.toISOString()}: ${countsOf(run)}`}`);
      }
      return ok(null);
    }));
  insurerOption(connections.command('sync').argument('<kind>', KINDS.join(' or '))).description('Take in and send what is due, at once')
    .addHelpText('after', '\nExample: inforce connections sync crm --insurer harbour')
    .action((name: string, options: { readonly insurer?: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const kind = KINDS.find((one) => one === name);
      if (kind === undefined) return fail('connection_missing');
      for (;;) {
        const done = await syncOnce({ database, secret: readSecret(dataDirectory()), now: Date.now, random: Math.random }, insurer, kind);
        if (!done.ok) return done;
        console.log(countsOf(done.value.counts));
        if (!done.value.more) return ok(null);
      }
    }));
}

const countsOf = ({ pulled, pushed, conflicts, failed }: { readonly pulled: number; readonly pushed: number; readonly conflicts: number; readonly failed: number }): string =>
  `${pulled} in, ${pushed} out, ${conflicts} conflicts, ${failed} failed`;
