import type { SetCertificate } from "@hyperface/contracts";
import { cosineBounds, leastLargestCosine } from "@hyperface/hypersphere";

const THRESHOLDS = [0.3, 0.35, 0.4, 0.45, 0.5];
const BINS = 40;

export interface Neighbourhood {
  dimension: number;
  /** Each vector's nearest other one, and their cosine. */
  index: ArrayLike<number>;
  cosine: ArrayLike<number>;
  /** Mean cosine distance to the nearest gallery embedding. */
  regulariser: number | null;
}

/** A set's certificate from every vector's nearest neighbour. @param set two vectors or more */
export function summarise({
  dimension,
  index,
  cosine,
  regulariser,
}: Neighbourhood): SetCertificate {
  const cosines = Float64Array.from(cosine);
  const count = cosines.length;
  const maxCosine = cosines.reduce((a, b) => Math.max(a, b));
  const closest = cosines.indexOf(maxCosine);
  return {
    count,
    dimension,
    maxCosine,
    pair: [closest, index[closest] as number],
    meanNearestCosine: cosines.reduce((a, b) => a + b, 0) / count,
    histogram: histogramOf(cosines),
    unique: THRESHOLDS.map((threshold) => ({
      threshold,
      count: cosines.reduce((sum, value) => sum + Number(value < threshold), 0),
    })),
    regulariser,
    bounds: cosineBounds(count, dimension),
    gap: maxCosine - leastLargestCosine(count, dimension),
  };
}

/** Equal bins from the smallest to the largest value. */
function histogramOf(values: Float64Array): SetCertificate["histogram"] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const width = (high - low) / BINS || 1e-6;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges: Array.from({ length: BINS + 1 }, (_, k) => low + k * width), counts };
}
