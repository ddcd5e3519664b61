/** `npm run bench -- NAME [--seed N] [arguments of the benchmark]`: a table for people, and as the last line one JSON object for machines. */

import fs from 'node:fs';
import path from 'node:path';

const SEED = 1;
/** What makes a file here a benchmark and not a helper of one. */
const RUN = /^export (?:async )?function run\(/m;

type Bench = { readonly run: (options: { seed: number; args: readonly string[] }) => Promise<{ figures: Record<string, number> }> };

const names = fs.readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && RUN.test(fs.readFileSync(path.join(import.meta.dirname, file), 'utf8')))
  .map((file) => path.basename(file, '.ts')).sort();

const [name, ...rest] = process.argv.slice(2);
process.exitCode = await main(name, rest);

async function main(wanted: string | undefined, args: readonly string[]): Promise<number> {
  if (wanted === undefined || !names.includes(wanted)) {
    console.error(`${wanted === undefined ? 'Name a benchmark' : `There is no benchmark “${wanted}”`}: npm run bench -- NAME [--seed N]\nBenchmarks: ${names.join(', ')}`);
    return 1;
  }
  const at = args.indexOf('--seed');
  const seed = at < 0 ? SEED : Number(args[at + 1]);
  if (!Number.isSafeInteger(seed)) {
    console.error('--seed wants a whole number');
    return 1;
  }
  try {
    const bench = await import(path.join(import.meta.dirname, `${wanted}.ts`)) as Bench;
    const { figures } = await bench.run({ seed, args: at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)] });
    console.log(JSON.stringify({ bench: wanted, figures }));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.stack ?? error.message : String(error));
    console.error(`The benchmark ${wanted} did not end. It can be replayed with --seed ${seed}.`);
    return 1;
  }
}
