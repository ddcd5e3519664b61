/** Time is passed in. The product's clock can be moved (see `inforce clock`), so nothing else may ask the machine what time it is. */

/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type Moment = number;

export type Clock = { readonly now: () => Moment };

/** A clock that stands at one moment, for tests and replays. */
export const fixedClock = (moment: Moment | string): Clock => {
  const at = typeof moment === 'string' ? Date.parse(moment) : moment;
  return { now: () => at };
};
