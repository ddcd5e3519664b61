/** How many parts a text message takes (3GPP TS 23.038 and 23.040). */

/** The default alphabet; letters of the extension table take two septets. */
const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const EXTENDED = new Set('\f^{}\\[~]|€');

/** A message of more than one part gives up 6 octets of each for the header that joins them. */
const LIMITS = { gsm7: { single: 160, part: 153 }, ucs2: { single: 70, part: 67 } } as const;

export type SmsLength = { readonly encoding: 'gsm7' | 'ucs2'; readonly units: number; readonly segments: number };

export function smsLength(text: string): SmsLength {
  let septets = 0;
  for (const letter of text) {
    if (BASIC.has(letter)) septets += 1;
    else if (EXTENDED.has(letter)) septets += 2;
    else return lengthOf('ucs2', text.length);
  }
  return lengthOf('gsm7', septets);
}

function lengthOf(encoding: SmsLength['encoding'], units: number): SmsLength {
  const { single, part } = LIMITS[encoding];
  return { encoding, units, segments: units <= single ? 1 : Math.ceil(units / part) };
}
