/** Builds the console into dist/console, only when its sources have changed since the last build. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const ROOT = path.join(import.meta.dirname, '..');
const SOURCE = path.join(ROOT, 'console');
const OUTPUT = path.join(ROOT, 'dist', 'console');
const HASH_FILE = path.join(OUTPUT, '.sources');
/** What the console takes from the server's side at run time: money and its texts. */
const SHARED = [path.join(ROOT, 'src', 'kernel')];

/** Where the console lies and whether it had to be built. A build takes some seconds; an unchanged one a few milliseconds. */
export async function buildConsole(): Promise<{ directory: string; built: boolean }> {
  const hash = hashOfSources();
  if (fs.existsSync(path.join(OUTPUT, 'index.html')) && fs.existsSync(HASH_FILE) && fs.readFileSync(HASH_FILE, 'utf8') === hash) {
    return { directory: OUTPUT, built: false };
  }
  await build({
    root: SOURCE,
    configFile: false,
    logLevel: 'warn',
    plugins: [react()],
    html: { cspNonce: 'INFORCE_CSP_NONCE' },
    build: {
      outDir: OUTPUT,
      emptyOutDir: true,
      sourcemap: false,
      target: 'es2022',
      chunkSizeWarningLimit: 700,
      // A data: address would need an exception in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  fs.writeFileSync(HASH_FILE, hash);
  return { directory: OUTPUT, built: true };
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = [SOURCE, ...SHARED].flatMap(filesUnder).sort();
  for (const file of [...files, path.join(ROOT, 'package-lock.json'), import.meta.filename])
    hash.update(path.relative(ROOT, file)).update(fs.readFileSync(file));
  return hash.digest('hex');
}

function filesUnder(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

if (import.meta.main) {
  const started = Date.now();
  const { directory, built } = await buildConsole();
  console.log(
    `${built ? `built in ${((Date.now() - started) / 1000).toFixed(1)} s` : 'unchanged'}: ${path.relative(process.cwd(), directory)}`,
  );
}
