// Runs before `npm start` and `npm test`: installs the packages where they are missing or older than the lock file. Needs nothing but Node 20 and npm.

import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const stamp = path.join(root, 'node_modules', '.inforce-installed');
const lock = path.join(root, 'package-lock.json');

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Inforce needs Node 20 or newer to install itself; this is ${process.version}. See https://nodejs.org/`);
  process.exit(1);
}
if (!existsSync(stamp) || statSync(stamp).mtimeMs < statSync(lock).mtimeMs) {
  console.log('Installing packages (once, about a minute) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  // The installed Node comes first on the path of npm scripts; the installer must not use what it is about to replace.
  const PATH = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !folder.startsWith(root)).join(path.delimiter);
  const done = spawnSync(command, [...first, 'ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: root, stdio: 'inherit', env: { ...process.env, PATH } });
  if (done.status !== 0) {
    console.error('The packages could not be installed; what npm says is above. Check the network and the registry, and try again.');
    process.exit(1);
  }
  writeFileSync(stamp, `${new Date().toISOString()}\n`);
}
