import { boxMuller, randomStream } from "@hyperface/hypersphere";
import type { SampleKey } from "../noise.ts";

/** Numbers drawn one after another from a sample's own stream for one purpose. */
export interface Draws {
  uniform(low?: number, high?: number): number;
  normal(mean?: number, deviation?: number): number;
  /** An integer in [0, n). */
  integer(n: number): number;
  pick<T>(from: readonly T[]): T;
}

export function createDraws(purpose: string, { seed, identity, sample }: SampleKey): Draws {
  const stream = randomStream(seed, purpose, identity, sample);
  let numbers = stream.uniform(64);
  let used = 0;
  const next = () => {
    if (used % 64 === 0 && used > 0) numbers = stream.uniform(64, used);
    const value = numbers[used % 64] as number;
    used += 1;
    return value;
  };
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * next(),
    normal: (mean = 0, deviation = 1) => mean + deviation * boxMuller(next(), next())[0],
    integer: (n) => Math.floor(next() * n),
    pick: (from) => from[Math.floor(next() * from.length)] as never,
  };
}
