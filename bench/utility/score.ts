import { randomStream } from "@hyperface/hypersphere";

/** Similarities of each person's first photograph (rows) to everyone's second (columns). */
export type Similarities = readonly (readonly number[])[];

/** What the weighted areas of many draws of people need of one matrix, sorted once. */
export interface Ranked {
  genuine: number[];
  /** Impostor pairs, most similar last. */
  impostors: { first: number; second: number; similarity: number }[];
}

export function rank(similarities: Similarities): Ranked {
  const genuine = similarities.map((row, i) => row[i] as number);
  const impostors = similarities.flatMap((row, first) =>
    row.flatMap((similarity, second) => (first === second ? [] : [{ first, second, similarity }])),
  );
  impostors.sort((a, b) => a.similarity - b.similarity);
  return { genuine, impostors };
}

/**
 * Area under the ROC curve: the chance that a genuine pair is the more similar one, half for ties.
 * @param weights how often each person is there; once where not given
 */
export function areaUnderCurve({ genuine, impostors }: Ranked, weights?: ArrayLike<number>) {
  const weight = (person: number) => (weights ? (weights[person] as number) : 1);
  const order = genuine.map((_, i) => i);
  order.sort((i, j) => (genuine[i] as number) - (genuine[j] as number));
  let at = 0;
  let below = 0;
  let area = 0;
  let people = 0;
  for (const person of order) {
    const own = genuine[person] as number;
    for (; at < impostors.length && similarityAt(impostors, at) < own; at++) {
      below += pairWeight(impostors, at, weight);
    }
    let tied = 0;
    for (let k = at; k < impostors.length && similarityAt(impostors, k) === own; k++) {
      tied += pairWeight(impostors, k, weight);
    }
    area += weight(person) * (below + tied / 2);
    people += weight(person);
  }
  for (; at < impostors.length; at++) below += pairWeight(impostors, at, weight);
  return area / (people * below);
}

type Impostors = Ranked["impostors"];
const similarityAt = (pairs: Impostors, k: number) => (pairs[k] as Impostors[0]).similarity;
function pairWeight(pairs: Impostors, k: number, weight: (person: number) => number): number {
  const { first, second } = pairs[k] as Impostors[0];
  return weight(first) * weight(second);
}

/**
 * Difference of two training sets' mean areas with its 95 % interval: people are drawn again with
 * replacement, the same ones for every recogniser of both sets.
 */
export function pairedBootstrap(a: readonly Ranked[], b: readonly Ranked[], draws = 1000) {
  const people = a[0]?.genuine.length ?? 0;
  const differences = Array.from({ length: draws }, (_, draw) => {
    const weights = new Float64Array(people);
    for (const u of randomStream(draw, "bench-bootstrap").uniform(people)) {
      const person = Math.floor(u * people);
      weights[person] = (weights[person] as number) + 1;
    }
    return meanArea(a, weights) - meanArea(b, weights);
  });
  differences.sort((x, y) => x - y);
  const at = (share: number) => differences[Math.floor(share * (draws - 1))] as number;
  return { difference: meanArea(a) - meanArea(b), interval95: [at(0.025), at(0.975)] };
}

const meanArea = (runs: readonly Ranked[], weights?: ArrayLike<number>) =>
  runs.reduce((sum, run) => sum + areaUnderCurve(run, weights), 0) / runs.length;
