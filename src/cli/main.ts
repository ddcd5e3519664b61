/** The command line: one file of commands for each part of the house. */

import { Command } from 'commander';
import { registerBank } from './bank.ts';
import { registerBills } from './bills.ts';
import { registerCompliance } from './compliance.ts';
import { registerConnections } from './connections.ts';
import { registerCycle } from './cycle.ts';
import { registerImport } from './import.ts';
import { registerModels } from './models.ts';
import { registerLedger } from './ledger.ts';
import { registerPeople } from './people.ts';
import { registerPolicy } from './policy.ts';
import { registerRisk } from './risk.ts';

/** `register` adds commands of outside the product (the simulator's). */
export function buildProgram(version: string, register: readonly ((program: Command) => void)[] = []): Command {
  const program = new Command('inforce').description('Collects insurance premiums so that policies stay in force.').version(version)
    .showHelpAfterError('(inforce --help lists the commands, inforce COMMAND --help explains one)')
    .configureHelp({ sortSubcommands: false });
  for (const one of [registerPeople, registerImport, registerCycle, registerBank, registerBills, registerLedger, registerPolicy, registerRisk, registerModels, registerCompliance, registerConnections, ...register]) one(program);
  program.addHelpText('after', () => `\nExamples:\n${examplesOf(program).join('\n')}\n\nData lies in .inforce (INFORCE_DATA), or on the PostgreSQL server of DATABASE_URL. \`npm start\` starts console, portal and API.`);
  return program;
}

/** The example of each command, as its own help gives it. */
function examplesOf(program: Command): string[] {
  return program.commands.flatMap((command): string[] => {
    const examples: string[] = [];
    for (const one of command.commands.length > 0 ? command.commands : [command]) {
      let text = '';
      const keep = (chunk: string): void => { text += chunk; };
      one.configureOutput({ writeOut: keep, writeErr: keep });
      one.outputHelp();
      one.configureOutput({ writeOut: (chunk) => process.stdout.write(chunk), writeErr: (chunk) => process.stderr.write(chunk) });
      const example = /Examples?:\s*(.+)/.exec(text)?.[1];
      if (example !== undefined) examples.push(`  ${example.trim()}`);
    }
    return examples;
  });
}
