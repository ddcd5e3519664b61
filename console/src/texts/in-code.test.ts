/** Every text stands in the files of texts and is used; none is written into the code of a page. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseSync } from 'vite';
import { en } from './en.ts';

const SOURCE = path.join(import.meta.dirname, '..');
const files = fs.readdirSync(SOURCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') && path.basename(entry.parentPath) !== 'texts')
  .map((entry) => path.join(entry.parentPath, entry.name));
const code = files.map((file) => [path.relative(SOURCE, file), fs.readFileSync(file, 'utf8')] as const);

/** Attributes that a person reads or hears. */
const READ = new Set(['title', 'label', 'placeholder', 'aria-label', 'alt', 'description', 'hint']);
/** Our name, names of keys, currencies, and what no language changes. */
const SAME_EVERYWHERE = /^(?:Inforce|CSV|SQL|[A-Z]{3}|[\W\d_]*)$/;
type Node = { readonly type: string; readonly value?: unknown; readonly name?: { readonly name?: string } } & Readonly<Record<string, unknown>>;

function textsIn(node: unknown, found: string[]): void {
  if (Array.isArray(node)) return node.forEach((one) => textsIn(one, found));
  if (node === null || typeof node !== 'object') return;
  const one = node as Node;
  if (one.type === 'JSXText' && typeof one.value === 'string' && !SAME_EVERYWHERE.test(one.value.trim())) found.push(one.value.trim());
  if (one.type === 'JSXAttribute' && READ.has(one.name?.name ?? '')) {
    const value = (one.value as Node | null)?.type === 'Literal' ? (one.value as Node).value : null;
    if (typeof value === 'string' && !SAME_EVERYWHERE.test(value)) found.push(`${one.name?.name}="${value}"`);
  }
  for (const [key, child] of Object.entries(one)) if (key !== 'type') textsIn(child, found);
}

describe('texts of the console', () => {
  test('are not written into the code', () => {
    const written = code.flatMap(([file, text]) => {
      const { program, errors } = parseSync(file, text);
      assert.deepEqual(errors, [], file);
      const found: string[] = [];
      textsIn(program, found);
      return found.map((one) => `${file}: ${one}`);
    });
    assert.deepEqual(written, []);
  });

  test('are all used', () => {
    const all = code.map(([, text]) => text).join('\n');
    const literals = new Set([...all.matchAll(/'([\w.]+)'/g)].map(([, key = '']) => key));
    // `calls.${name}` uses every text that begins like this, word('tier', …) every word of the group.
    const beginnings = [...all.matchAll(/`([\w]+\.[\w.]*)\$\{/g)].map(([, beginning = '']) => beginning);
    const groups = new Set([...all.matchAll(/word\(\s*'(\w+)'/g), ...all.matchAll(/group=\{?["'](\w+)["']/g), ...all.matchAll(/word\([^)]*\? '(\w+)'/g), ...all.matchAll(/'(\w+_state|tier|gate|role)'/g)].map(([, group = '']) => group));
    // A number chooses among i18next's forms of a text.
    const plain = (key: string): string => key.replace(/_(one|other)$/, '');
    const unused = Object.keys(en).filter((key) => !literals.has(key) && !literals.has(plain(key)) && !groups.has(key.split('.', 1)[0] ?? '') && !beginnings.some((beginning) => key.startsWith(beginning)));
    assert.deepEqual(unused, []);
  });
});
