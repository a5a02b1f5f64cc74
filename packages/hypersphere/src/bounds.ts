/** What no set of n unit vectors of R^d can undercut. */
export interface CosineBounds {
  /** Of the largest cosine: -1/(n-1) for n <= d+1 (the simplex), 0 for more (Rankin 1955). */
  rankin: number;
  /** Of the largest absolute cosine: sqrt((n-d)/(d(n-1))) (Welch 1974); 0 for n <= d. */
  welch: number;
  /** Of the largest cosine, for n > 2d: by Levenshtein's third bound (1979); null where it says nothing. */
  levenshtein: number | null;
}

/** @throws RangeError for fewer than two points or dimensions */
export function cosineBounds(n: number, d: number): CosineBounds {
  if (n < 2 || d < 2) throw new RangeError(`${n} points of dimension ${d} have no bound`);
  return {
    rankin: n <= d + 1 ? -1 / (n - 1) : 0,
    welch: n > d ? Math.sqrt((n - d) / (d * (n - 1))) : 0,
    levenshtein: n > 2 * d ? levenshtein(n, d) : null,
  };
}

/**
 * The s at which n = d (1-s)(2 + (d+1)s) / (1 - d s^2). The formula holds up to s = (sqrt(d+3)-1)/(d+2);
 * sets too large for it have at least that cosine, being larger than the one that has it.
 */
function levenshtein(n: number, d: number): number {
  const points = (s: number) => (d * (1 - s) * (2 + (d + 1) * s)) / (1 - d * s * s);
  let low = 0;
  let high = (Math.sqrt(d + 3) - 1) / (d + 2);
  if (points(high) < n) return high;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (points(middle) < n) low = middle;
    else high = middle;
  }
  return low;
}

/** The largest of the lower bounds of the largest cosine. */
export const leastLargestCosine = (n: number, d: number): number => {
  const { rankin, levenshtein: third } = cosineBounds(n, d);
  return Math.max(rankin, third ?? rankin);
};
