import { cosSinOfTurn, exactLog } from "./elementary.ts";
import { philox4x32 } from "./philox.ts";

/**
 * Numbers of one stream, the same bits on every machine and engine; entry `offset + k` is the same however many are
 * asked for at a time.
 */
export interface RandomStream {
  /** Unsigned 32-bit integers. */
  uint32(count: number, offset?: number): Uint32Array;
  /** Uniform in the open interval (0, 1), 32 bits each. */
  uniform(count: number, offset?: number): Float64Array;
  /** Standard normal, by Box-Muller. */
  gaussian(count: number, offset?: number): Float32Array;
}

/**
 * A stream of random numbers, a pure function of its arguments and never of call order.
 * @param seed integer in [0, 2^53)
 * @param purpose what the numbers are for, e.g. "beta-noise": streams of two purposes are independent
 * @param i first index, in [0, 2^32)
 * @param j second index, in [0, 2^32)
 * @throws RangeError where seed or an index is out of its range
 */
export function randomStream(seed: number, purpose: string, i = 0, j = 0): RandomStream {
  const inRange = (value: number, limit: number) =>
    Number.isInteger(value) && value >= 0 && value <= limit;
  if (!inRange(seed, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`seed ${seed} is not an integer from 0 to 2^53 - 1`);
  }
  if (!inRange(i, 0xffff_ffff) || !inRange(j, 0xffff_ffff)) {
    throw new RangeError(`index (${i}, ${j}) is not within 0 and 2^32 - 1`);
  }
  // The seed's 21 high bits leave 11 bits of the key; the purpose has 32 bits of the counter.
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  const tag = fnv1a(purpose);

  const uint32 = (count: number, offset = 0) => {
    const numbers = new Uint32Array(count);
    let block = -1;
    let words: readonly number[] = [];
    for (let k = 0; k < count; k++) {
      const position = offset + k;
      if (position >>> 2 !== block) {
        block = position >>> 2;
        words = philox4x32([block, tag, i, j], key);
      }
      numbers[k] = words[position & 3] as number;
    }
    return numbers;
  };
  const uniform = (count: number, offset = 0) =>
    Float64Array.from(uint32(count, offset), (word) => (word + 0.5) / 2 ** 32);
  const gaussian = (count: number, offset = 0) => {
    const first = offset - (offset % 2);
    const pairs = Math.ceil((offset + count - first) / 2);
    const u = uniform(2 * pairs, first);
    const normals = new Float32Array(2 * pairs);
    for (let p = 0; p < pairs; p++) {
      normals.set(boxMuller(u[2 * p] as number, u[2 * p + 1] as number), 2 * p);
    }
    return normals.subarray(offset - first, offset - first + count);
  };
  return { uint32, uniform, gaussian };
}

/** Two independent standard normal numbers of two uniform ones in (0, 1) (Box and Muller, 1958). */
export function boxMuller(u: number, v: number): [number, number] {
  const radius = Math.sqrt(-2 * exactLog(u));
  const [cos, sin] = cosSinOfTurn(v);
  return [radius * cos, radius * sin];
}

/** 32-bit FNV-1a hash of a string's UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return hash >>> 0;
}
