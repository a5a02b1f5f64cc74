/** A command line that says what cannot be. */
export class UsageError extends Error {}

/** A whole number of at least `least`. */
export const whole =
  (least: number) =>
  (text: string): number => {
    if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
    throw new UsageError(`${text} is not a whole number from ${least} on`);
  };

export function decimal(text: string): number {
  if (/^-?\d{1,15}(\.\d{1,30})?(e-?\d{1,3})?$/.test(text)) return Number(text);
  throw new UsageError(`${text} is not a number`);
}

/** Values separated by commas. */
export const each =
  <T>(read: (text: string) => T) =>
  (text: string): T[] =>
    text.split(",").map(read);

/** One of `choices`. */
export const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((choice) => choice === text);
    if (found) return found;
    throw new UsageError(`${text} is none of ${choices.join(", ")}`);
  };

/** Some of `choices`, separated by commas. */
export const someOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T[] =>
    text === "" ? [] : each(oneOf(choices))(text);

/** `A-B`: A to B; `A`: A alone. */
export function range(text: string): { from: number; to: number } {
  const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  if (from !== undefined && Number(from) <= Number(to)) {
    return { from: Number(from), to: Number(to) + 1 };
  }
  throw new UsageError(`${text} is no range: write 0-9, or 5`);
}
