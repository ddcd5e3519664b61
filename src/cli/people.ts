/** `inforce insurer|user|key …`: who is in the house. */

import { type Command } from 'commander';
import { inInsurer } from '../database/index.ts';
import { fail, isCurrency, isTimeZone, LANGUAGES, ok } from '../kernel/index.ts';
import { allInsurers, registerInsurer } from '../portfolio/index.ts';
import { createApiKey, registerUser, ROLES, type Role } from '../service/index.ts';
import { insurerOption, withDatabase, withInsurer } from './house.ts';

const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

type InsurerOptions = { readonly name: string; readonly currency: string; readonly zone: string; readonly nameHans?: string; readonly nameHant?: string; readonly phone: string; readonly email: string };

export function registerPeople(program: Command): void {
  const insurer = program.command('insurer').description('the insurers of this installation');
  insurer.command('list').description('list them').addHelpText('after', '\nExample: inforce insurer list').action(() => withDatabase(async (database) => {
    for (const one of await allInsurers(database)) console.log(`${one.code.padEnd(20)} ${one.name}${one.simulated ? ' (simulated)' : ''}, ${one.reportingCurrency}, ${one.timeZone}`);
    return ok(null);
  }));
  insurer.command('add').argument('<code>', 'short name, e.g. lotus').description('register an insurer')
    .requiredOption('--name <name>', 'as holders know it').option('--name-hans <name>', 'in simplified Chinese').option('--name-hant <name>', 'in traditional Chinese')
    .requiredOption('--currency <code>', 'currency of its reports, e.g. HKD').requiredOption('--zone <zone>', 'time zone of its business day, e.g. Asia/Hong_Kong')
    .option('--phone <number>', 'where holders call', '').option('--email <address>', 'where holders write', '')
    .addHelpText('after', '\nExample: inforce insurer add lotus --name "Lotus Life" --currency INR --zone Asia/Kolkata')
    .action((code: string, options: InsurerOptions) => withDatabase(async (database) => {
      if (!/^[a-z][a-z0-9-]{1,39}$/.test(code)) return fail('insurer_code_invalid', { code });
      if (!isCurrency(options.currency)) return fail('currency_unknown', { value: options.currency });
      if (!isTimeZone(options.zone)) return fail('time_zone_unknown', { value: options.zone });
      const added = await registerInsurer(database, {
        code, name: options.name, nameZhHans: options.nameHans ?? options.name, nameZhHant: options.nameHant ?? options.name, reportingCurrency: options.currency,
        timeZone: options.zone, contactPhone: options.phone, contactEmail: options.email, simulated: false, simulationSeed: null,
      });
      if (added.ok) console.log(`${options.name} is registered as ${code}. Next: inforce user add, inforce import policies.`);
      return added;
    }));
  const user = program.command('user').description('people who log in');
  insurerOption(user.command('add').argument('<email>').description('add a person; the password is read from INFORCE_PASSWORD'))
    .requiredOption('--name <name>').requiredOption('--role <role>', ROLES.join(', ')).option('--language <language>', LANGUAGES.join(', '), 'en')
    .addHelpText('after', '\nExample: INFORCE_PASSWORD=… inforce user add mei@lotus.example --name "Mei Chan" --role manager --insurer lotus')
    .action((email: string, options: { name: string; role: string; language: string; insurer?: string }) => withInsurer(options.insurer, async (database, { insurerId }) => {
      const { role } = options;
      if (!isRole(role)) return fail('role_unknown', { value: role, known: ROLES.join(', ') });
      const language = LANGUAGES.find((one) => one === options.language) ?? 'en';
      const added = await inInsurer(database.app, insurerId, (tx) => registerUser(tx, insurerId, { email, name: options.name, role, language, password: process.env['INFORCE_PASSWORD'] ?? '' }));
      if (added.ok) console.log(`${options.name} may log in as ${email}.`);
      return added;
    }));
  const key = program.command('key').description('keys for programs that use the API');
  insurerOption(key.command('add').argument('<name>', 'what it is for').description('create a key; it is shown once'))
    .requiredOption('--role <role>', ROLES.join(', '))
    .addHelpText('after', '\nExample: inforce key add "CRM sync" --role it')
    .action((name: string, options: { role: string; insurer?: string }) => withInsurer(options.insurer, async (database, { insurerId, code }) => {
      const { role } = options;
      if (!isRole(role)) return fail('role_unknown', { value: role, known: ROLES.join(', ') });
      console.log(await inInsurer(database.app, insurerId, (tx) => createApiKey(tx, { insurerId, code }, name, role)));
      return ok(null);
    }));
}
