import { countUpTo, mean } from "./statistics.ts";

const FOLDS = 10;

/**
 * Verification in 10 folds of people, the threshold of each fold chosen on the others (LFW's protocol).
 * There are many more impostor pairs than genuine ones, so both kinds weigh the same.
 * @param similarities in [-1, 1], of each person's first photograph (rows) to everyone's second (columns)
 */
export function tenFolds(similarities: readonly (readonly number[])[]) {
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const threshold = bestThreshold(pairsOf(similarities, (person) => person % FOLDS !== fold));
    const tested = pairsOf(similarities, (person) => person % FOLDS === fold);
    return { threshold, accuracy: accuracy(tested, threshold) };
  });
  return {
    accuracy: mean(folds.map((fold) => fold.accuracy)),
    threshold: mean(folds.map((fold) => fold.threshold)),
  };
}

/** Similarities of both kinds, ascending. */
interface Pairs {
  genuine: number[];
  impostor: number[];
}

/** Of the people whose first photograph is wanted. */
function pairsOf(
  similarities: readonly (readonly number[])[],
  wanted: (person: number) => boolean,
): Pairs {
  const rows = [...similarities.entries()].filter(([person]) => wanted(person));
  const genuine = rows.map(([person, row]) => row[person] as number);
  const impostor = rows.flatMap(([person, row]) => row.filter((_, other) => other !== person));
  return { genuine: genuine.sort(ascending), impostor: impostor.sort(ascending) };
}

const ascending = (a: number, b: number) => a - b;

function accuracy({ genuine, impostor }: Pairs, threshold: number): number {
  const refused = countUpTo(genuine, threshold) / genuine.length;
  const rejected = countUpTo(impostor, threshold) / impostor.length;
  return (1 - refused + rejected) / 2;
}

/** The middle of the thresholds that are best. */
function bestThreshold(pairs: Pairs): number {
  const steps = Array.from({ length: 401 }, (_, k) => k / 400);
  const scores = steps.map((threshold) => accuracy(pairs, threshold));
  const best = Math.max(...scores);
  const ties = steps.filter((_, k) => scores[k] === best);
  return mean([Math.min(...ties), Math.max(...ties)]);
}
