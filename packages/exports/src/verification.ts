import { randomStream } from "@hyperface/hypersphere";
import type { Put } from "./export.ts";
import { pickleOf } from "./pickle.ts";

const FOLDS = 10;

/** One image of one identity. */
export interface Sample {
  identity: number;
  sample: number;
}

export interface VerificationPair {
  a: Sample;
  b: Sample;
  same: boolean;
}

export interface VerificationPlan {
  /** How many images each identity has. */
  samples: readonly number[];
  /** Genuine pairs of each of the ten folds, and as many impostor pairs. */
  pairsPerFold: number;
  /** The choice is a function of it: an integer in [0, 2^53). */
  seed: number;
}

/**
 * Pairs for verification in ten folds as LFW has them: a fold's pairs, half genuine and then half impostors,
 * stand together, no pair is there twice, and no identity is in two folds.
 * @throws RangeError saying which fold has too few identities or images
 */
export function choosePairs({ samples, pairsPerFold, seed }: VerificationPlan): VerificationPair[] {
  if (!(Number.isSafeInteger(pairsPerFold) && pairsPerFold > 0)) {
    throw new RangeError(`${pairsPerFold} pairs of a fold: at least 1 is needed`);
  }
  return foldsOf(samples, seed).flatMap(({ identities, possible, others }, fold) => {
    const random = numbers(seed, fold);
    // Fewer would be drawn again and again.
    if (possible < pairsPerFold || others < pairsPerFold) {
      throw new RangeError(
        `fold ${fold} has ${identities.length} identities with ${possible} genuine and ${others} impostor pairs: ` +
          `${pairsPerFold} of each are wanted`,
      );
    }
    const genuine = distinct(pairsPerFold, () => {
      const identity = pick(identities, random);
      const many = samples[identity] as number;
      if (many < 2) return null;
      const sample = Math.floor(random() * many);
      const other = (sample + 1 + Math.floor(random() * (many - 1))) % many;
      return pairOf({ identity, sample }, { identity, sample: other });
    });
    const impostors = distinct(pairsPerFold, () => {
      const [identity, other] = [pick(identities, random), pick(identities, random)];
      const [first, second] = [samples[identity] as number, samples[other] as number];
      if (identity === other || first === 0 || second === 0) return null;
      const a = { identity, sample: Math.floor(random() * first) };
      return pairOf(a, { identity: other, sample: Math.floor(random() * second) });
    });
    return [...genuine, ...impostors];
  });
}

/** Most pairs of a kind that each fold has, of these samples: 0 where some fold has none. */
export const mostPairsPerFold = ({
  samples,
  seed,
}: Pick<VerificationPlan, "samples" | "seed">): number =>
  Math.min(...foldsOf(samples, seed).map(({ possible, others }) => Math.min(possible, others)));

/** Each fold's identities, with the genuine and impostor pairs that they have. */
function foldsOf(samples: readonly number[], seed: number) {
  const order = shuffled(samples.length, seed);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const identities = order.filter((_, place) => place % FOLDS === fold);
    const own = identities.map((id) => samples[id] as number);
    const possible = own.reduce((sum, many) => sum + pairsOf(many), 0);
    const others = pairsOf(own.reduce((a, b) => a + b, 0)) - possible;
    return { identities, possible, others };
  });
}

const pairsOf = (count: number) => (count * Math.max(0, count - 1)) / 2;

function pairOf(a: Sample, b: Sample): VerificationPair {
  const swap = a.identity > b.identity || (a.identity === b.identity && a.sample > b.sample);
  const same = a.identity === b.identity;
  return swap ? { a: b, b: a, same } : { a, b, same };
}

function distinct(count: number, draw: () => VerificationPair | null): VerificationPair[] {
  const found = new Map<string, VerificationPair>();
  while (found.size < count) {
    const pair = draw();
    if (pair) found.set(JSON.stringify([pair.a, pair.b]), pair);
  }
  return [...found.values()];
}

/** Numbers in (0, 1), one after the other. */
function numbers(seed: number, fold: number): () => number {
  const stream = randomStream(seed, "verification-pairs", fold);
  let taken = 0;
  return () => stream.uniform(1, taken++)[0] as number;
}

const pick = (identities: readonly number[], random: () => number) =>
  identities[Math.floor(random() * identities.length)] as number;

/** 0 to count - 1 in an order that the seed gives (Fisher-Yates). */
function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  const random = randomStream(seed, "verification-folds").uniform(count);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor((random[k] as number) * (k + 1));
    [order[k], order[other]] = [order[other] as number, order[k] as number];
  }
  return order;
}

/** A pair with its images as files. */
export interface EncodedPair {
  a: Uint8Array;
  b: Uint8Array;
  same: boolean;
}

/** A verification file as InsightFace reads it: a pickle of the images, two by two, and of which pairs are genuine. */
export async function writeVerificationBin(
  pairs: AsyncIterable<EncodedPair> | Iterable<EncodedPair>,
  put: Put,
  name: string,
): Promise<void> {
  const same: boolean[] = [];
  async function* files() {
    for await (const pair of pairs) {
      same.push(pair.same);
      yield pair.a;
      yield pair.b;
    }
  }
  await put(
    `${name}.bin`,
    pickleOf(files(), () => same),
  );
}
