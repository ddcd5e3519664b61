/**
 * Files of policies that come in over the network, and their imports as tasks of this process: a run goes on when its page is closed, says every second how far
 * it is, ends when anybody asks for it, and goes on where it was when it is begun again, because a row that is in is found to be the same.
 */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Database, inInsurer } from '../database/index.ts';
import { fail, type InsurerId, type Language, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { allInsurers, type ImportPreview, importPolicies, type Insurer, insurerById, previewFile } from '../portfolio/index.ts';
import { askToStop, beat, beginRun, endRun, fileComplete, fileReceived, filesToRemove, type ImportProgressRow, importRow, newImport } from './imports.ts';

/** A million policies are some 200 MB. */
const FILE_BYTES_MAX = 2 * 1024 ** 3;
const FILE_NAME_MAX = 100;
const BEAT_MS = 1_000;
const CLEAN_MS = 60 * 60_000;

export type ImportHouse = { readonly database: Database; readonly dataDirectory: string };
type ImportRun = { readonly insurerId: InsurerId; readonly importId: number; readonly dryRun: boolean; readonly today: PlainDate; readonly language: Language };

export type ImportRuns = {
  /** Takes the first bytes of a file. Problems: `file_name_invalid`, those of `append`. */
  readonly receive: (insurerId: InsurerId, name: string, by: string, bytes: Readable, whole: boolean) => Promise<Result<{ readonly importId: number }>>;
  /** Takes more bytes, which must begin where the last ended. Problems: `not_found`, `upload_out_of_step`, `upload_too_large`, `upload_failed`, those of `previewFile`. */
  readonly append: (insurerId: InsurerId, importId: number, at: number, bytes: Readable, whole: boolean) => Promise<Result<{ readonly importId: number }>>;
  /** Begins a run and returns. Problems: those of `beginRun`. */
  readonly begin: (run: ImportRun) => Promise<Result<null>>;
  /** Problem: `import_not_running`. */
  readonly stop: (insurerId: InsurerId, importId: number) => Promise<Result<null>>;
  /** The file of errors of the last run; null where there is none. */
  readonly errorsFile: (insurerId: InsurerId, importId: number) => Promise<string | null>;
  /** Marks what a dead process left behind, and takes old files away, now and every hour. */
  readonly clean: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export function openImportRuns({ database, dataDirectory }: ImportHouse): ImportRuns {
  const folderOf = (insurerId: InsurerId, importId: number): string => path.join(dataDirectory, 'uploads', String(insurerId), String(importId));
  const inOne = <T>(insurerId: InsurerId, work: Parameters<typeof inInsurer<T>>[2]): Promise<T> => inInsurer(database.app, insurerId, work);
  const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  /** Files that bytes are being written to. */
  const receiving = new Set<string>();
  const keyOf = (insurerId: InsurerId, importId: number): string => `${insurerId} ${importId}`;

  const take = async (insurerId: InsurerId, importId: number, name: string, at: number, bytes: Readable, whole: boolean): Promise<Result<{ importId: number }>> => {
    const folder = folderOf(insurerId, importId);
    const file = path.join(folder, name);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const written = await write(file, at, bytes);
    if (!written.ok) return written;
    await inOne(insurerId, (tx) => fileReceived(tx, importId, written.value));
    if (!whole) return ok({ importId });
    const looked = await previewFile(file).catch((): Result<ImportPreview> => fail('file_unreadable', { file: name, reason: '?' }));
    await inOne(insurerId, (tx) => fileComplete(tx, importId, looked));
    if (looked.ok) return ok({ importId });
    fs.rmSync(folder, { recursive: true, force: true });
    return looked;
  };

  const work = async ({ insurerId, importId, dryRun, today, language }: ImportRun, insurer: Insurer, file: string, stop: AbortController): Promise<void> => {
    let progress: ImportProgressRow | null = null;
    const timer = setInterval(() => {
      inOne(insurerId, (tx) => beat(tx, importId, progress)).then((asked) => { if (asked) stop.abort(); }, () => {
        // The database is away; the import will see it by itself.
      });
    }, BEAT_MS);
    try {
      const ended = await importPolicies(database, insurer, file, {
        dryRun, today, language, mapping: (await inOne(insurerId, (tx) => importRow(tx, importId)))?.mapping ?? { columns: {}, defaults: {}, assume: {} }, recorded: true,
        signal: stop.signal, onProgress: (now) => { progress = now; },
      });
      const hash = ended.ok ? await hashOf(file) : '';
      await inOne(insurerId, (tx) => endRun(tx, importId, ended, hash));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await inOne(insurerId, (tx) => endRun(tx, importId, fail('import_broke', { reason }), '')).catch(() => {
        // The database is away: the row is found silent, and so stopped, when it is back.
      });
    } finally {
      clearInterval(timer);
    }
  };

  const clean = async (): Promise<void> => {
    for (const { insurerId } of await allInsurers(database)) {
      for (const importId of await inOne(insurerId, filesToRemove)) fs.rmSync(folderOf(insurerId, importId), { recursive: true, force: true });
    }
  };
  const cleaning = setInterval(() => void clean().catch(() => {
    // The next hour will do.
  }), CLEAN_MS);
  cleaning.unref();

  return {
    receive: async (insurerId, given, by, bytes, whole) => {
      const name = fileNameOf(given);
      if (name === null) return fail('file_name_invalid', { name: given.slice(0, FILE_NAME_MAX) });
      const importId = await inOne(insurerId, (tx) => newImport(tx, insurerId, name, by));
      return take(insurerId, importId, name, 0, bytes, whole);
    },
    append: async (insurerId, importId, at, bytes, whole) => {
      const row = await inOne(insurerId, (tx) => importRow(tx, importId));
      if (row === undefined) return fail('not_found');
      const key = keyOf(insurerId, importId);
      if (row.state !== 'uploading' || row.received_bytes !== at || receiving.has(key)) return fail('upload_out_of_step', { received_bytes: row.received_bytes });
      receiving.add(key);
      try {
        return await take(insurerId, importId, row.file_name, at, bytes, whole);
      } finally {
        receiving.delete(key);
      }
    },
    begin: async (run) => {
      const insurer = await insurerById(database, run.insurerId);
      if (!insurer.ok) return insurer;
      const begun = await inOne(run.insurerId, (tx) => beginRun(tx, insurer.value.code, run.importId, run.dryRun));
      if (!begun.ok) return begun;
      const stop = new AbortController();
      const key = keyOf(run.insurerId, run.importId);
      const file = path.join(folderOf(run.insurerId, run.importId), begun.value.file_name);
      running.set(key, { stop, ended: work(run, insurer.value, file, stop).finally(() => running.delete(key)) });
      return ok(null);
    },
    stop: async (insurerId, importId) => {
      const asked = await inOne(insurerId, (tx) => askToStop(tx, importId));
      // Another process's run reads the wish with its next beat.
      running.get(keyOf(insurerId, importId))?.stop.abort();
      return asked;
    },
    errorsFile: async (insurerId, importId) => {
      const row = await inOne(insurerId, (tx) => importRow(tx, importId));
      if (row?.result?.errorsFile !== true || row.file_gone_at !== null) return null;
      const file = path.join(folderOf(insurerId, importId), `${path.basename(row.file_name, path.extname(row.file_name))}-errors.csv`);
      return fs.existsSync(file) ? file : null;
    },
    clean,
    close: async () => {
      clearInterval(cleaning);
      const all = [...running.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** The last part of a path of any system, without what a file's name may not hold. Null where nothing is left. */
function fileNameOf(given: string): string | null {
  // eslint-disable-next-line no-control-regex
  const name = (given.normalize('NFC').split(/[/\\]/).at(-1) ?? '').replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '').replace(/^[.\s]+|[.\s]+$/g, '');
  const extension = path.extname(name).slice(0, 10);
  const stem = Array.from(path.basename(name, path.extname(name))).slice(0, FILE_NAME_MAX).join('');
  // Letters of other scripts take up to four bytes; a name of a file system has 255.
  return stem === '' || Buffer.byteLength(`${stem}${extension}`) > 230 ? null : `${stem}${extension}`;
}

/** Writes from a place in the file on; what was not wholly received is taken back. Returns the file's length. */
async function write(file: string, at: number, bytes: Readable): Promise<Result<number>> {
  let length = at;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      length += chunk.length;
      if (length > FILE_BYTES_MAX) next(new Error('too large'));
      else next(null, chunk);
    },
  });
  try {
    await pipeline(bytes, counted, fs.createWriteStream(file, { flags: at === 0 ? 'w' : 'r+', start: at, mode: 0o600 }));
    return ok(length);
  } catch (error) {
    if (fs.existsSync(file)) fs.truncateSync(file, at);
    if (length > FILE_BYTES_MAX) return fail('upload_too_large', { gigabytes: FILE_BYTES_MAX / 1024 ** 3 });
    return fail('upload_failed', { reason: error instanceof Error ? error.message : String(error) });
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
