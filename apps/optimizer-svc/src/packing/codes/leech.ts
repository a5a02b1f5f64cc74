import { normaliseRows, type Rows, rowCount, rowDot } from "@hyperface/vectors";
import { signedPairs } from "./signed-pairs.ts";

/** x^11 + x^9 + x^7 + x^6 + x^5 + x + 1, whose multiples of degree below 23 are the binary Golay code. */
const GOLAY = 0b101011100011;
const LENGTH = 24;
const MINIMAL_VECTORS = 196_560;
const CLOSE = 1e-4;

/** Codes that are cut out of the minimal vectors of the Leech lattice, by size, and how. */
const CODES: { dimension: number; size: number; make(): Rows }[] = [
  { dimension: 21, size: 112, make: () => derived(mcLaughlin(), -1 / 4) },
  { dimension: 21, size: 162, make: () => derived(mcLaughlin(), 1 / 6) },
  { dimension: 22, size: 275, make: () => mcLaughlin() },
  { dimension: 22, size: 891, make: () => derived(derived(minimalVectors(), 1 / 2), 1 / 3) },
  { dimension: 23, size: 552, make: () => equiangular() },
  { dimension: 23, size: 4600, make: () => derived(minimalVectors(), 1 / 2) },
  { dimension: 24, size: MINIMAL_VECTORS, make: () => minimalVectors() },
];

/**
 * The first points of the smallest code of a dimension from 21 to 24 that has as many, [count, d] (Conway and Sloane 1999,
 * chapters 10 and 14): 112 and 162 points of largest cosine 1 / 9 and 1 / 7; 275 and 891 of 1 / 6 and 1 / 4; 552 and 4,600 of 1 / 5
 * and 1 / 3; 196,560 of 1 / 2. None of these can be better (Levenshtein's bound).
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export function leechCode(count: number, dimension: number): Float32Array {
  const code = CODES.find((one) => one.dimension === dimension && one.size >= count);
  if (!code) throw new RangeError(`the Leech lattice has no ${count} points of ${dimension}`);
  const { data } = code.make();
  return normaliseRows(Float32Array.from(data.subarray(0, count * dimension)), dimension);
}

/** Minimal vectors that make the smallest angle with a vector of the next norm: 276 equiangular lines, both ways. */
const equiangular = (): Rows => {
  const deep = Float64Array.from({ length: LENGTH }, (_, k) => (k === 0 ? 5 : 1));
  return cut(minimalVectors(), normaliseRows(deep, LENGTH), 3 / Math.sqrt(24));
};

const mcLaughlin = (): Rows => derived(equiangular(), 1 / 5);

/** What a set looks like from its first point: those at a cosine with it, in the directions across. */
const derived = (points: Rows, cosine: number): Rows =>
  cut(points, points.data.subarray(0, points.dimension), cosine);

/** The points at a cosine with a unit vector, seen along it, of one dimension less: a reflection takes it to an axis. */
function cut(points: Rows, along: Rows["data"], cosine: number): Rows {
  const { dimension: d } = points;
  const axis: Rows = { data: along, dimension: d };
  const last = along[d - 1] as number;
  const sign = last < 0 ? -1 : 1;
  const mirror = Float64Array.from(along, (value, k) => (k === d - 1 ? value + sign : value));
  const square = 2 * (1 + Math.abs(last));
  const kept: number[] = [];
  for (let i = 0; i < rowCount(points); i++) {
    if (Math.abs(rowDot(points, i, axis, 0) - cosine) > CLOSE) continue;
    const reflection = (2 * rowDot(points, i, { data: mirror, dimension: d }, 0)) / square;
    for (let k = 0; k < d - 1; k++) {
      kept.push((points.data[i * d + k] as number) - reflection * (mirror[k] as number));
    }
  }
  return { data: normaliseRows(Float64Array.from(kept), d - 1), dimension: d - 1 };
}

/** Words of the extended Golay code as bits: every even polynomial's parity is bit 23. */
const golayWords = (): number[] =>
  Array.from({ length: 2 ** 12 }, (_, message) => {
    let word = 0;
    for (let k = 0; k < 12; k++) if ((message >> k) & 1) word ^= GOLAY << k;
    return word | ((weightOf(word) & 1) << 23);
  });

const bitOf = (word: number, k: number) => (word >> k) & 1;
function weightOf(word: number): number {
  let weight = 0;
  for (let k = 0; k < LENGTH; k++) weight += bitOf(word, k);
  return weight;
}

/** The 196,560 minimal vectors of the Leech lattice, of unit length. */
function minimalVectors(): Rows {
  const values = new Float64Array(MINIMAL_VECTORS * LENGTH);
  let p = 0;
  const words = golayWords();
  for (const word of words) {
    for (let i = 0; i < LENGTH; i++) {
      for (let k = 0; k < LENGTH; k++) {
        values[p++] = (bitOf(word, k) ? -1 : 1) * (k === i ? -3 : 1);
      }
    }
  }
  for (const octad of words.filter((word) => weightOf(word) === 8)) {
    for (let signs = 0; signs < 2 ** 7; signs++) {
      const all = signs | ((weightOf(signs) & 1) << 7);
      let place = 0;
      for (let k = 0; k < LENGTH; k++) {
        values[p++] = bitOf(octad, k) ? (bitOf(all, place++) ? -2 : 2) : 0;
      }
    }
  }
  for (const vector of signedPairs(LENGTH, 4)) {
    values.set(vector, p);
    p += LENGTH;
  }
  return { data: normaliseRows(values, LENGTH), dimension: LENGTH };
}
