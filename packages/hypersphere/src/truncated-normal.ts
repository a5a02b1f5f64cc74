import type { RandomStream } from "./random.ts";

/**
 * The first of a stream's numbers of N(mean, deviation^2) that lies within a range: of the normal distribution
 * truncated to it, the same bits on every machine.
 * @param mean within the range
 * @param deviation 0 at least, at most the range's width: so at least a third of the numbers lie within
 * @throws RangeError where they are not so
 */
export function truncatedNormal(
  stream: RandomStream,
  { mean, deviation }: { mean: number; deviation: number },
  [low, high]: readonly [number, number],
): number {
  if (!(low <= mean && mean <= high && deviation >= 0 && deviation <= high - low)) {
    throw new RangeError(
      `no number of N(${mean}, ${deviation}^2) can be sought from ${low} to ${high}`,
    );
  }
  for (let k = 0; ; k++) {
    const value = mean + deviation * (stream.gaussian(1, k)[0] as number);
    if (low <= value && value <= high) return value;
  }
}
