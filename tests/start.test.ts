/** `npm start` as a user meets it: the house on one port, plain sentences where something is in the way, and nothing left behind. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningServer } from '../src/database/embedded.ts';
import { connect, freePort } from '../src/database/index.ts';
import { expectOk } from '../src/kernel/index.ts';
import { DEMO_PASSWORD } from '../src/service/index.ts';
import { type Command, isAlive, newFolder, ROOT, startScript, until } from './house.ts';

/** What is seen of a start does not depend on how many policies the demonstration has. */
const POLICIES = '300';
const NOBODY = 65_534;
const root = process.getuid?.() === 0;
const folders: string[] = [];
const running: Command[] = [];
after(async () => {
  for (const command of running) command.process.kill('SIGINT');
  await Promise.all(running.map((command) => command.ended));
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

function aFolder(): string {
  const folder = newFolder();
  folders.push(folder);
  return folder;
}

function start(folder: string, port: number, identity: { uid?: number; gid?: number } = {}): Command {
  const command = startScript('start.ts', [], { INFORCE_DATA: folder, PORT: String(port), INFORCE_DEMO_POLICIES: POLICIES, LC_ALL: 'C' }, identity);
  running.push(command);
  return command;
}

const ready = (command: Command): Promise<void> => until('ready', () => {
  if (command.process.exitCode !== null) throw new Error(`it ended: ${command.output()}`);
  return command.output().includes('Ctrl-C stops everything.');
}, 150);

/** Processes whose command line or environment names this data folder (the server, its worker, its database), and those that they have started. */
function processesOf(folder: string): number[] {
  const read = (file: string): string => {
    try {
      return fs.readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  const all = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const named = new Set(all.filter((pid) => read(`/proc/${pid}/cmdline`).includes(folder) || read(`/proc/${pid}/environ`).includes(folder)));
  // PostgreSQL's own processes have no environment to be seen; the fourth field of `stat`, after the name, is the parent.
  return all.filter((pid) => named.has(pid) || named.has(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1] ?? '')).map(Number);
}

const nothingLeft = (folder: string): Promise<void> => until(`nothing of ${folder} runs`, () => processesOf(folder).length === 0, 20);

async function endsWith(command: Command, sentence: RegExp): Promise<void> {
  const { code, output } = await command.ended;
  assert.match(output, sentence);
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /\n\s+at /, 'a stack trace is no sentence');
}

const linux = fs.existsSync('/proc/self/environ') ? {} : { skip: 'looks for processes in /proc, which this system does not have' };

describe('npm start', linux, () => {
  const folder = aFolder();
  let port = 0;

  test('builds the demonstration, answers on one port, says where, and Ctrl-C leaves no process behind', async () => {
    port = await freePort();
    const first = start(folder, port);
    await ready(first);
    const origin = `http://127.0.0.1:${port}`;
    assert.equal((await fetch(`${origin}/api/health`)).status, 200);
    const page = await (await fetch(`${origin}/`, { headers: { accept: 'text/html' } })).text();
    assert.match(page, /<div id="root">/);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    assert.equal((await fetch(origin + script)).status, 200, `the console’s script ${script}`);
    assert.equal((await fetch(`${origin}/api/docs`)).status, 200);
    assert.equal((await fetch(`${origin}/inbox`, { headers: { accept: 'text/html' } })).status, 200);
    assert.equal((await fetch(`${origin}/api/today`)).status, 401);
    assert.match(first.output(), new RegExp(`Console +http://localhost:${port}/`));
    assert.match(first.output(), /Log in as manager@harbour\.example .*password /);

    // A second one in the same folder, and one on the same port.
    await endsWith(start(folder, await freePort()), new RegExp(`Inforce runs already in this folder: http://localhost:${port}/ \\(process ${first.process.pid}\\)`));
    const other = aFolder();
    await endsWith(start(other, port), new RegExp(`Port ${port} is used by another program\\..* PORT=${port + 1} npm start`));
    await nothingLeft(other);
    assert.equal((await fetch(`${origin}/api/health`)).status, 200);

    const all = processesOf(folder);
    assert.ok(all.length >= 4, 'server, worker, PostgreSQL and its helpers');
    first.process.kill('SIGINT');
    const { code, output } = await first.ended;
    assert.equal(code, 0, output);
    await nothingLeft(folder);
    assert.deepEqual(all.filter(isAlive), []);
  });

  test('starts again faster, with the data as they were, and goes on when PostgreSQL dies below it', async () => {
    const database = expectOk(await connect({ dataDirectory: folder, databaseUrl: '' }));
    const [before] = await database.owner<{ policies: number }[]>`select count(*)::int as policies from policies`;
    await database.close();
    assert.equal(before?.policies, Number(POLICIES));
    const began = performance.now();
    const again = start(folder, port);
    await ready(again);
    assert.doesNotMatch(again.output(), /Building the demonstration/);
    assert.ok(performance.now() - began < 30_000);
    const origin = `http://127.0.0.1:${port}`;
    const session = await fetch(`${origin}/api/session`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ insurer: 'harbour', email: 'manager@harbour.example', password: DEMO_PASSWORD }),
    });
    const cookie = session.headers.getSetCookie().map((line) => line.split(';', 1)[0]).join('; ');
    const today = async (): Promise<number> => (await fetch(`${origin}/api/today`, { headers: { cookie } })).status;
    // Between two servers there is no postmaster.pid: none runs.
    const postmaster = (): number | null => runningServer(path.join(folder, 'postgres'))?.pid ?? null;
    for (let times = 0; times < 3; times += 1) {
      assert.equal(await today(), 200);
      const killed = postmaster();
      assert.ok(killed !== null);
      process.kill(killed, 'SIGKILL');
      await until('PostgreSQL runs again', () => ![killed, null].includes(postmaster()), 40);
      await until('people are answered again', async () => {
        await sleep(250);
        return (await today()) === 200;
      }, 40);
    }
    // The terminal is closed: the same as Ctrl-C.
    again.process.kill('SIGHUP');
    assert.equal((await again.ended).code, 0);
    await nothingLeft(folder);
  });

  test('refuses a database of a newer version, and changes nothing in it', async () => {
    const database = expectOk(await connect({ dataDirectory: folder, databaseUrl: '' }));
    await database.owner`insert into schema_migrations (number, name) values (9999, '9999-from-the-future.sql')`;
    await database.close();
    await endsWith(start(folder, port), /The database was migrated by a newer Inforce \(step 9999; this program knows \d+\)\. Update Inforce; nothing was changed\./);
    await nothingLeft(folder);
  });

  test('refuses a port that is no number', async () => {
    const command = startScript('start.ts', [], { INFORCE_DATA: aFolder(), PORT: 'lots', LC_ALL: 'C' });
    await endsWith(command, /PORT: “lots” is not a whole number from 1 to 65535\./);
  });

  test('refuses a folder that cannot be written to', async () => {
    // A file in the place of the folder stands in the way of root too.
    const file = path.join(aFolder(), 'data');
    fs.writeFileSync(file, '');
    await endsWith(start(file, await freePort()), /The folder .*data cannot be written to: .*Choose another with INFORCE_DATA\./);
    await nothingLeft(file);
  });

  test('refuses a disk with too little space', async (t) => {
    const mount = newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m,mode=755', 'tmpfs', mount], { stdio: 'pipe' });
    } catch (error) {
      fs.rmSync(mount, { recursive: true });
      t.skip(`no file system can be mounted here: ${error instanceof Error ? error.message.split('\n').join(' ') : String(error)}`);
      return;
    }
    try {
      await endsWith(start(mount, await freePort()), /There is too little free space in .*: \d+ MB, and 300 MB are needed\. Free some space or set INFORCE_DATA/);
      await nothingLeft(mount);
    } finally {
      execFileSync('umount', ['-l', mount]);
      fs.rmSync(mount, { recursive: true });
    }
  });

  test('works as a user who is not root', async (t) => {
    if (!root) return;
    try {
      execFileSync(process.execPath, ['-e', `require('fs').readdirSync(${JSON.stringify(ROOT)})`], { uid: NOBODY, gid: NOBODY, stdio: 'pipe' });
    } catch {
      t.skip('the checkout lies where another user may not read it');
      return;
    }
    const own = aFolder();
    fs.chownSync(own, NOBODY, NOBODY);
    const command = start(own, await freePort(), { uid: NOBODY, gid: NOBODY });
    await ready(command);
    assert.equal(fs.statSync(path.join(own, 'postgres')).uid, NOBODY);
    command.process.kill('SIGTERM');
    await Promise.race([command.ended, sleep(20_000)]);
    await nothingLeft(own);
  });
});
