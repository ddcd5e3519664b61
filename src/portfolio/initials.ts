/** The first letters of a Chinese name as people type them: 陳美玲 is “cml”. Surnames have readings of their own (单 is Shan, 曾 is Zeng). */

import { pinyin } from 'pinyin-pro';

const HAN = /\p{Script=Han}/u;
/** Few thousand characters make all names; each is looked up once. */
const letters = new Map<string, string>();

/** Lower-case letters, at most ten; null where the name has no Chinese character. `family` and `given` as written; a full name may stand in either. */
export function initialsOf(family: string | null, given: string | null): string | null {
  const name = `${family ?? ''}${given ?? ''}`;
  if (!HAN.test(name)) return null;
  let initials = '';
  for (const character of name.slice(0, 10)) initials += letterOf(character, initials === '');
  return initials === '' ? null : initials;
}

function letterOf(character: string, first: boolean): string {
  const key = first ? `^${character}` : character;
  let letter = letters.get(key);
  if (letter === undefined) {
    const read = HAN.test(character) ? pinyin(character, { pattern: 'first', toneType: 'none', surname: first ? 'all' : 'off' }) : character;
    letter = /^[a-z]/i.exec(read)?.[0].toLowerCase() ?? '';
    letters.set(key, letter);
  }
  return letter;
}
