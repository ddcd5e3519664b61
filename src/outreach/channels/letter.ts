/** Letters: one print file a day and insurer, a line of JSON for each letter, which a printer's system reads. A letter stands in it once. */

import fs from 'node:fs/promises';
import path from 'node:path';
import { type OpenChannel, type Parcel, type Sent } from './channel.ts';

/** Files kept in mind; today's and yesterday's of a few insurers. */
const FILES_MAX = 20;

/** `waiting` are lines for the next append: one write to the disk for all letters of a batch. */
type PrintFile = { readonly file: string; readonly contacts: Set<number>; waiting: string[]; tail: Promise<void> };

export function openLetters(): OpenChannel {
  const files = new Map<string, Promise<PrintFile>>();
  const fileOf = (parcel: Parcel): Promise<PrintFile> => {
    const file = path.join(parcel.printDirectory, `${parcel.on}.jsonl`);
    const known = files.get(file);
    if (known !== undefined) return known;
    if (files.size >= FILES_MAX) files.clear();
    const opened = openPrintFile(file);
    files.set(file, opened);
    // A file that cannot be read is tried again with the next letter.
    opened.catch(() => files.delete(file));
    return opened;
  };
  const send = async (parcel: Parcel): Promise<Sent> => {
    try {
      const print = await fileOf(parcel);
      const ref = `letter:${path.basename(print.file)}:${parcel.contactId}`;
      if (print.contacts.has(parcel.contactId)) return { kind: 'sent', ref };
      print.contacts.add(parcel.contactId);
      await append(print, `${lineOf(parcel)}\n`).catch((error: unknown) => {
        print.contacts.delete(parcel.contactId);
        throw error;
      });
      return { kind: 'sent', ref };
    } catch (error) {
      // Opened anew next time, which closes a line that a full disk has torn.
      files.clear();
      return { kind: 'retry', reason: error instanceof Error && 'code' in error ? String(error.code) : 'print file' };
    }
  };
  return { names: ['letter', 'registered_letter'], send, close: async () => { await Promise.allSettled([...files.values()].map(async (print) => (await print).tail)); } };
}

async function openPrintFile(file: string): Promise<PrintFile> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const text = await fs.readFile(file, 'utf8').catch(() => '');
  // A line that a crash has torn is closed, so that the next one stands alone; a reader skips what is no JSON.
  if (text !== '' && !text.endsWith('\n')) await fs.appendFile(file, '\n');
  const contacts = new Set([...text.matchAll(/^\{"contact_id":(\d+),.*\}$/gm)].map((line) => Number(line[1])));
  return { file, contacts, waiting: [], tail: Promise.resolve() };
}

/** Resolves when the line is on the disk. Whoever comes while a write is under way shares the next one. */
function append(print: PrintFile, line: string): Promise<void> {
  print.waiting.push(line);
  if (print.waiting.length > 1) return print.tail;
  const written = print.tail.catch(() => {}).then(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return fs.appendFile(print.file, print.waiting.splice(0).join(''), { flush: true });
  });
  print.tail = written;
  return written;
}

const lineOf = ({ contactId, holderId, to, language, message, sender, on }: Parcel): string => JSON.stringify({
  contact_id: contactId, holder_id: holderId, printed_on: on, to, from: sender.name, language, subject: message.subject, text: message.text, html: message.html,
});
