/** Bins of a histogram of cosines, from -1 to 1: 2^-15 wide. */
export const BINS = 2 ** 16;
const HALF = BINS / 2;

/** Counts of pairs up to 2^53. */
export type CosineHistogram = Float64Array;
export const emptyHistogram = (): CosineHistogram => new Float64Array(BINS);

/** The bin of a cosine; what rounding adds beyond [-1, 1] is left out. */
export const binOf = (cosine: number): number =>
  Math.max(0, Math.min(BINS - 1, Math.floor((cosine + 1) * HALF)));

/** Counts cosines `from` to `to - 1`. @returns the largest of them; -Infinity where there are none */
export function countIn(
  histogram: CosineHistogram,
  cosines: Float32Array,
  from: number,
  to: number,
): number {
  let largest = -Infinity;
  for (let k = from; k < to; k++) {
    const cosine = cosines[k] as number;
    const bin = binOf(cosine);
    histogram[bin] = (histogram[bin] as number) + 1;
    if (cosine > largest) largest = cosine;
  }
  return largest;
}

export const lowerEdge = (bin: number): number => bin / HALF - 1;

export const countOf = (histogram: CosineHistogram): number =>
  histogram.reduce((sum, count) => sum + count, 0);

/** How many lie in `bin` or above it. */
export const countFrom = (histogram: CosineHistogram, bin: number): number =>
  countOf(histogram.subarray(bin));

/** The first bin that, with those above it, holds no more than `share` of all; {@link BINS} where none does. */
export function binOfShare(histogram: CosineHistogram, share: number): number {
  const most = share * countOf(histogram);
  let above = 0;
  for (let bin = BINS - 1; bin >= 0; bin--) {
    above += histogram[bin] as number;
    if (above > most) return bin + 1;
  }
  return 0;
}

/** The same in fewer bins. @param bins a divisor of {@link BINS} */
export function coarser(histogram: CosineHistogram, bins: number): number[] {
  const width = BINS / bins;
  return Array.from({ length: bins }, (_, k) =>
    countOf(histogram.subarray(k * width, (k + 1) * width)),
  );
}
