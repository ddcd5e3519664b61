/**
 * Which texts have been seen, by 64 bits of each: 16 bytes a text whatever its length, and no text is held, for a cell held is its whole piece of the
 * file held. Two of a million texts are mixed up with a chance of 1 in 37 million.
 */

const SIZE_MIN = 1 << 16;

export type Seen = {
  readonly has: (text: string) => boolean;
  readonly add: (text: string) => void;
};

export function seenTexts(): Seen {
  let slots = SIZE_MIN;
  let table = new Uint32Array(slots * 2);
  let count = 0;

  /** Slot of the pair (a, b), or of the empty place where it belongs; (0, 0) is empty. */
  const slotOf = (a: number, b: number): number => {
    let slot = a & (slots - 1);
    while ((table[slot * 2] !== 0 || table[slot * 2 + 1] !== 0) && (table[slot * 2] !== a || table[slot * 2 + 1] !== b)) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const put = (a: number, b: number): void => {
    const slot = slotOf(a, b);
    table[slot * 2] = a;
    table[slot * 2 + 1] = b;
  };
  const grow = (): void => {
    const old = table;
    slots *= 2;
    table = new Uint32Array(slots * 2);
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0 || old[i + 1] !== 0) put(old[i]!, old[i + 1]!);
  };
  return {
    has: (text) => {
      const slot = slotOf(hashOf(text, FIRST), hashOf(text, SECOND) || 1);
      return table[slot * 2] !== 0 || table[slot * 2 + 1] !== 0;
    },
    add: (text) => {
      if (count * 2 >= slots) grow();
      put(hashOf(text, FIRST), hashOf(text, SECOND) || 1);
      count += 1;
    },
  };
}

const FIRST = 0x811c9dc5;
const SECOND = 0x9747b28c;

/** FNV-1a from a start of one's choice, then mixed (Murmur3's finaliser), for FNV's lower bits alone are not even. */
export function hashOf(text: string, start = FIRST): number {
  let hash = start;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
