import { randomStream } from "@hyperface/hypersphere";

/** Choices by counter-based random numbers: the same of a seed and a request's number. */
export interface Chance {
  /** Whole, from `from` to `to`. */
  whole(from: number, to: number): number;
  of<T>(choices: readonly T[]): T;
  bytes(count: number): Uint8Array<ArrayBuffer>;
}

export function createChance(seed: number, request: number): Chance {
  const stream = randomStream(seed, "hostile", request);
  let drawn = 0;
  const uniform = () => stream.uniform(1, drawn++)[0] as number;
  const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1));
  return {
    whole,
    of: (choices) => choices[whole(0, choices.length - 1)] as (typeof choices)[number],
    bytes: (count) => Uint8Array.from({ length: count }, () => whole(0, 255)),
  };
}
