import { countUpTo, mean } from "../statistics.ts";

/** Distances of every source (rows) to every sample (columns); of one index they belong together. */
export type Distances = readonly (readonly number[])[];

export interface Matching {
  /** Pairs that belong together; the rates' resolution is one over this. */
  genuine: number;
  equalErrorRate: number;
  /** The distance at which both errors are equal. */
  threshold: number;
  /** Share of samples whose nearest source is their own. */
  rank1: number;
  meanDistance: number;
}

export function match(distances: Distances): Matching {
  const genuine = distances.map((row, i) => row[i] as number);
  const impostor = distances.flatMap((row, i) => row.filter((_, j) => i !== j));
  return {
    genuine: genuine.length,
    ...equalError(genuine, impostor),
    rank1: mean(rank1(distances).map(Number)),
    meanDistance: mean(genuine),
  };
}

/** Of each sample, whether no other source is as near as its own. */
export const rank1 = (distances: Distances): boolean[] =>
  distances.map((own, j) =>
    distances.every((row, i) => i === j || (row[j] as number) > (own[j] as number)),
  );

/** Where the share of genuine pairs that are too far equals that of impostors that are near enough. */
export function equalError(genuine: readonly number[], impostor: readonly number[]) {
  const far = [...genuine].sort((a, b) => a - b);
  const near = [...impostor].sort((a, b) => a - b);
  let best = { equalErrorRate: 1, threshold: 0, gap: Number.POSITIVE_INFINITY };
  for (const threshold of [...far, ...near]) {
    const refused = 1 - countUpTo(far, threshold) / far.length;
    const accepted = countUpTo(near, threshold) / near.length;
    const gap = Math.abs(refused - accepted);
    if (gap < best.gap) best = { equalErrorRate: (refused + accepted) / 2, threshold, gap };
  }
  const { equalErrorRate, threshold } = best;
  return { equalErrorRate, threshold };
}
