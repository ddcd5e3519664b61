/** In which quarter of a field a value stands, the best first. Pure. */

export type Quartiles = { readonly low: number; readonly middle: number; readonly high: number };

/** By linear interpolation between the sorted values (Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, type 7); null where there are fewer than four. */
export function quartilesOf(values: readonly number[]): Quartiles | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length < 4) return null;
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const [a, b] = [sorted[below] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return a + (b - a) * (place - below);
  };
  return { low: at(0.25), middle: at(0.5), high: at(0.75) };
}

/** 1 is the best quarter. On a border the better one. */
export function quartileOf(value: number, { low, middle, high }: Quartiles, better: 'more' | 'less'): 1 | 2 | 3 | 4 {
  const [first, second, third] = better === 'more' ? [value >= high, value >= middle, value >= low] : [value <= low, value <= middle, value <= high];
  return first ? 1 : second ? 2 : third ? 3 : 4;
}
