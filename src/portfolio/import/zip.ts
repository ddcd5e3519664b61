/**
 * The parts of a ZIP archive, unpacked piece by piece. What the directory says of sizes is believed only where it says too much; what comes out is
 * counted as it comes (PKWARE APPNOTE 4.3 to 4.4).
 */

import fs from 'node:fs';
import zlib from 'node:zlib';

export type ZipEntry = { readonly name: string; readonly method: number; readonly crc: number; readonly packed: number; readonly unpacked: number; readonly offset: number };

const ENTRIES_MAX = 2_000;
const DIRECTORY_BYTES_MAX = 4 * 1024 * 1024;
const COMMENT_BYTES_MAX = 66_000;
const CHUNK_BYTES = 256 * 1024;
const STORED = 0;
const DEFLATED = 8;

export class ArchiveDamaged extends Error {}

/** The directory at the archive's end. Throws `ArchiveDamaged`. */
export function readDirectory(file: string, bytes: number): ReadonlyMap<string, ZipEntry> {
  const handle = fs.openSync(file, 'r');
  try {
    const tail = Buffer.alloc(Math.min(bytes, COMMENT_BYTES_MAX));
    fs.readSync(handle, tail, 0, tail.length, bytes - tail.length);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (end < 0 || end + 22 > tail.length) throw new ArchiveDamaged('the end of the archive is missing');
    const [entries, size, offset] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (entries > ENTRIES_MAX || size > DIRECTORY_BYTES_MAX || offset + size > bytes) throw new ArchiveDamaged('its directory is not where it should be');
    const directory = Buffer.alloc(size);
    fs.readSync(handle, directory, 0, size, offset);
    const found = new Map<string, ZipEntry>();
    for (let i = 0, at = 0; i < entries; i += 1) {
      if (at + 46 > size || directory.readUInt32LE(at) !== 0x02014b50) throw new ArchiveDamaged('its directory cannot be read');
      const name = directory.toString('utf8', at + 46, at + 46 + directory.readUInt16LE(at + 28));
      found.set(name.replace(/^\//, ''), {
        name, method: directory.readUInt16LE(at + 10), crc: directory.readUInt32LE(at + 16), packed: directory.readUInt32LE(at + 20), unpacked: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return found;
  } finally {
    fs.closeSync(handle);
  }
}

/** One part, unpacked. Throws `ArchiveDamaged`, also at the end where the check sum is wrong. */
export async function* unpack(file: string, bytes: number, entry: ZipEntry): AsyncGenerator<Buffer> {
  const start = dataStart(file, bytes, entry);
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new ArchiveDamaged(`${entry.name} is packed in a way that is not used for workbooks`);
  if (entry.packed === 0) return;
  const packed = fs.createReadStream(file, { start, end: start + entry.packed - 1, highWaterMark: CHUNK_BYTES });
  const inflate = entry.method === DEFLATED ? packed.pipe(zlib.createInflateRaw({ chunkSize: CHUNK_BYTES })) : packed;
  packed.on('error', (error) => inflate.destroy(error));
  let crc = 0;
  try {
    for await (const chunk of inflate) {
      crc = zlib.crc32(chunk as Buffer, crc);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw new ArchiveDamaged(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    packed.destroy();
    inflate.destroy();
  }
  if (crc !== entry.crc) throw new ArchiveDamaged(`${entry.name} is not what it was when it was packed`);
}

/** Where the part's bytes begin: its own header stands before them and may be longer than the directory knows. */
function dataStart(file: string, bytes: number, { name, offset, packed }: ZipEntry): number {
  const handle = fs.openSync(file, 'r');
  try {
    const header = Buffer.alloc(30);
    fs.readSync(handle, header, 0, 30, offset);
    const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (header.readUInt32LE(0) !== 0x04034b50 || start + packed > bytes) throw new ArchiveDamaged(`${name} is not where the directory says`);
    return start;
  } finally {
    fs.closeSync(handle);
  }
}
