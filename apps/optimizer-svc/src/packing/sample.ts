import type { RandomStream } from "@hyperface/hypersphere";

/**
 * `count` distinct integers of [0, from), uniform, in random order: the first steps of a
 * Fisher-Yates shuffle that stores only the places it touched, so time and memory are O(count).
 */
export function sampleDistinct(stream: RandomStream, count: number, from: number): Int32Array {
  const uniform = stream.uniform(count);
  const moved = new Map<number, number>();
  return Int32Array.from({ length: count }, (_, k) => {
    const other = k + Math.floor((uniform[k] as number) * (from - k));
    const picked = moved.get(other) ?? other;
    moved.set(other, moved.get(k) ?? k);
    return picked;
  });
}
