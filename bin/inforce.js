#!/usr/bin/env node
// Starts the command line with the Node that this checkout has installed, whatever the machine's own is.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const own = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
if (!existsSync(own)) {
  console.error('Inforce is not installed yet. Run `npm ci` (or `npm start`) in its folder first.');
  process.exit(1);
}
const child = spawn(own, ['--disable-warning=ExperimentalWarning', path.join(root, 'scripts', 'inforce.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal sends Ctrl-C to the child as well; one that is sent to us alone is handed on.
process.on('SIGINT', () => { if (!process.stdin.isTTY) child.kill('SIGINT'); });
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => { process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143); });
