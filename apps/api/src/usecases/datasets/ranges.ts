import { z } from "zod";

/** Samples `start` to `end - 1`, counted over all identities. */
export const Range = z.object({ start: z.int(), end: z.int() });
export type Range = z.infer<typeof Range>;

/** The samples from `start` to `end - 1` that no part has. @param parts in order, none within another */
export function findGaps(
  parts: readonly { start: number; samples: number }[],
  start: number,
  end: number,
): Range[] {
  const gaps: Range[] = [];
  let next = start;
  for (const part of [...parts, { start: end, samples: 0 }]) {
    if (part.start > next) gaps.push({ start: next, end: part.start });
    next = part.start + part.samples;
  }
  return gaps;
}

/** What of `gaps` is in none of `busy`, in order and in ranges of up to `most` samples, cut at multiples of `every` too. */
export function splitRanges(
  gaps: readonly Range[],
  busy: readonly Range[],
  { most, every }: { most: number; every: number },
): Range[] {
  const taken = busy
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => ({ start, samples: end - start }));
  const free = gaps.flatMap(({ start, end }) => {
    const own = taken.filter((range) => range.start < end && range.start + range.samples > start);
    return findGaps(own, start, end);
  });
  const ranges: Range[] = [];
  for (const { start, end } of free) {
    for (let next = start; next < end; ) {
      const cut = Math.min(end, next + most, (Math.floor(next / every) + 1) * every);
      ranges.push({ start: next, end: cut });
      next = cut;
    }
  }
  return ranges;
}
