/** Colours of a design, and whether they can be read. */

const channel = (colour: string, at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
const channels = (colour: string): readonly [number, number, number] => [channel(colour, 1), channel(colour, 3), channel(colour, 5)];

/** The colour on white paper at this strength. */
export const tinted = (colour: string, strength: number): string => `#${channels(colour).map((value) => Math.round(255 - (255 - value) * strength).toString(16).padStart(2, '0')).join('')}`;

/** WCAG 2.2: (lighter + 0.05) / (darker + 0.05). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
