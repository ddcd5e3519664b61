/** `inforce compliance …`: the law's worked cases, the list of rules, and one question to the gate. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';
import { gateInputOf, gateJson, askGate, lintContent, loadRulePacks, parseCase, parseCases, runCase, timelineJson, contentInputOf, type CaseOutcome, type RulePacks } from '../compliance/index.ts';

/** Where the worked cases lie beside a checkout. */
const CASES_DEFAULT = '../shared/compliance/cases';

type CasesOptions = { readonly kind?: string; readonly market?: string; readonly strict?: boolean };

export function registerCompliance(program: Command): void {
  const compliance = program.command('compliance').description('rules of law: worked cases, list, one question');
  compliance.command('cases').argument('[dir]', 'folder of case files', CASES_DEFAULT)
    .description('run worked cases and report passed and failed by market and kind')
    .option('--kind <kind>', 'gate, timeline or content').option('--market <market>', 'one market, e.g. CN').option('--strict', 'exit with 1 when a case fails')
    .addHelpText('after', '\nExample: inforce compliance cases ../shared/compliance/cases --kind gate --market DE')
    .action((directory: string, options: CasesOptions) => { reportCases(directory, options); });
  compliance.command('rules').description('list the rules').option('--market <market>', 'one market, e.g. CN')
    .addHelpText('after', '\nExample: inforce compliance rules --market US')
    .action((options: { readonly market?: string }) => { listRules(loadRulePacks(), options.market); });
  compliance.command('ask').argument('[file]', 'a JSON case; standard input where absent or -').description('answer one case: gate, timeline or content')
    .addHelpText('after', '\nExample: inforce compliance ask case.json')
    .action((file: string | undefined) => { answer(file); });
}

function reportCases(directory: string, { kind, market, strict }: CasesOptions): void {
  if (!existsSync(directory)) {
    console.error(`No case files: ${directory} is not there. Name their folder: inforce compliance cases DIR`);
    process.exitCode = 2;
    return;
  }
  const packs = loadRulePacks();
  const outcomes: (CaseOutcome & { readonly file: string })[] = [];
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.json')).sort()) {
    const file = name.replace(/\.json$/, '');
    if (market !== undefined && market !== file) continue;
    for (const worked of parseCases(JSON.parse(readFileSync(join(directory, name), 'utf8')))) {
      if (kind === undefined || kind === worked.kind) outcomes.push({ ...runCase(packs, worked), file });
    }
  }
  for (const { id, title, expected, got } of outcomes.filter(({ passed }) => !passed)) {
    console.log(`${id}  ${title}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(got)}`);
  }
  console.log(tableOf(outcomes));
  const passed = outcomes.filter((outcome) => outcome.passed).length;
  console.log(`${passed} of ${outcomes.length} cases pass (${shareText(passed, outcomes.length)})`);
  if (strict === true && passed < outcomes.length) process.exitCode = 1;
}

const KINDS = ['gate', 'timeline', 'content'] as const;
const shareText = (passed: number, all: number): string => (all === 0 ? '-' : `${((100 * passed) / all).toFixed(1)} %`);

function tableOf(outcomes: readonly (CaseOutcome & { readonly file: string })[]): string {
  const cell = (some: typeof outcomes): string => (some.length === 0 ? '-' : `${some.filter(({ passed }) => passed).length}/${some.length}`).padStart(10);
  const files = [...new Set(outcomes.map(({ file }) => file))];
  const row = (label: string, some: typeof outcomes): string => label.padEnd(8) + [...KINDS.map((kind) => some.filter((outcome) => outcome.kind === kind)), some].map(cell).join('');
  return [`${'market'.padEnd(8)}${[...KINDS, 'all'].map((kind) => kind.padStart(10)).join('')}`, ...files.map((file) => row(file, outcomes.filter((outcome) => outcome.file === file))), row('all', outcomes)].join('\n');
}

function listRules(packs: RulePacks, market: string | undefined): void {
  const chosen = [...packs.packs.values()].filter((pack) => market === undefined || pack.market === market);
  for (const { market: name, name: title, version, rules } of chosen) {
    console.log(`${name}  ${title}, version ${version}, ${rules.length} rules, ${rules.filter(({ verified }) => verified).length} verified`);
    for (const { id, governs, law, article, effective_from: from, effective_to: to, verified } of rules) {
      console.log(`  ${id.padEnd(40)} ${governs.padEnd(24)} ${verified ? 'verified  ' : 'unverified'} ${(from ?? '').padEnd(10)}${to === null ? '' : `..${to}`}  ${law}, ${article}`);
    }
  }
  if (chosen.length === 0) console.error(`No rule pack for ${market ?? ''}. Known: ${[...packs.packs.keys()].join(', ')}`);
  console.log(`content ${packs.version.slice(0, 16)}`);
}

function answer(file: string | undefined): void {
  const text = readFileSync(file === undefined || file === '-' ? 0 : file, 'utf8');
  const worked = parseCase(JSON.parse(text));
  const packs = loadRulePacks();
  if (worked.kind === 'gate') {
    const { facts, ask } = gateInputOf(worked.given, worked.ask ?? {});
    console.log(JSON.stringify(gateJson(askGate(packs, facts, ask), facts.holder.timeZone), null, 2));
  } else if (worked.kind === 'timeline') console.log(JSON.stringify(timelineJson(packs, worked), null, 2));
  else console.log(JSON.stringify(lintContent(packs, contentInputOf(worked.given)), null, 2));
}
