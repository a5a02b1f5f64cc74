/** Pairs as columns. */
export interface Pairs {
  cosine: Float32Array;
  index: Int32Array;
  reference: Int32Array;
}

export const noPairs = (): Pairs => ({
  cosine: new Float32Array(0),
  index: new Int32Array(0),
  reference: new Int32Array(0),
});

/** What float32 products may be off by: pairs within it of the last are kept too, for float64 to choose. */
const MARGIN = 2e-6;

export interface TopPairs {
  /** Cosine from which on a pair may belong to the nearest: ask before {@link offer}. */
  floor(): number;
  offer(cosine: number, index: number, reference: number): void;
  /** The nearest so far, and those that rounding may have put behind them; nearest first. */
  pairs(): Pairs;
}

/**
 * The `k` nearest of all pairs that are offered, in whatever order. Of equal ones those of the smaller index, then of
 * the smaller reference, come first.
 */
export function createTopPairs(k: number, start: Pairs = noPairs()): TopPairs {
  // Sorted out when twice as many have come as may be kept.
  const room = 2 * k + 64;
  const capacity = 2 * room;
  const cosine = new Float32Array(capacity);
  const index = new Int32Array(capacity);
  const reference = new Int32Array(capacity);
  let count = 0;
  let floor = -Infinity;

  const sortOut = () => {
    const order = Array.from({ length: count }, (_, place) => place).sort(
      (a, b) =>
        (cosine[b] as number) - (cosine[a] as number) ||
        (index[a] as number) - (index[b] as number) ||
        (reference[a] as number) - (reference[b] as number),
    );
    const last = order[k - 1];
    if (last !== undefined) floor = (cosine[last] as number) - MARGIN;
    const kept = order.filter((place) => (cosine[place] as number) >= floor).slice(0, room);
    const sorted = {
      cosine: Float32Array.from(kept, (place) => cosine[place] as number),
      index: Int32Array.from(kept, (place) => index[place] as number),
      reference: Int32Array.from(kept, (place) => reference[place] as number),
    };
    cosine.set(sorted.cosine);
    index.set(sorted.index);
    reference.set(sorted.reference);
    count = kept.length;
    return sorted;
  };
  const offer: TopPairs["offer"] = (value, i, j) => {
    cosine[count] = value;
    index[count] = i;
    reference[count] = j;
    count += 1;
    if (count === capacity) sortOut();
  };
  for (let place = 0; place < start.cosine.length; place++) {
    const { cosine: c, index: i, reference: j } = start;
    offer(c[place] as number, i[place] as number, j[place] as number);
  }
  if (count > 0) sortOut();
  return { floor: () => floor, offer, pairs: sortOut };
}
