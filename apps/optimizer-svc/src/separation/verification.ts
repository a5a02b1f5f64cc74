import type { Separation } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import {
  BINS,
  binOf,
  binOfShare,
  type CosineHistogram,
  coarser,
  countFrom,
  countOf,
  emptyHistogram,
  lowerEdge,
} from "../comparison/cosine-histogram.ts";
import { createCosines } from "../comparison/cosines.ts";
import type { RowsFile } from "../comparison/rows-file.ts";

const FOLDS = 10;
/** Identities of which pairs are looked at, and images of each. */
const [MOST_IDENTITIES, MOST_IMAGES] = [1024, 8];
const FEWEST_IDENTITIES = 2 * FOLDS;
const RATES = [0.1, 0.01, 0.001, 0.0001];
const CURVE_POINTS = 51;
const TOLD_BINS = 256;
/** Student's t, 9 degrees of freedom, both sides of 95 %. */
const T = 2.262;

interface Fold {
  genuine: CosineHistogram;
  impostor: CosineHistogram;
}

/** Errors of telling pairs of images apart by their cosines, in ten folds of identities. */
export async function verifyPairs(
  file: RowsFile,
  counts: readonly number[],
): Promise<Separation["verification"]> {
  const chosen = chooseIdentities(counts);
  if (chosen.length < FEWEST_IDENTITIES) return null;
  const folds = await gatherFolds(file, chosen);
  const all = folds.reduce(
    (sum, { genuine, impostor }) => ({
      genuine: sum.genuine.map((count, bin) => count + (genuine[bin] as number)),
      impostor: sum.impostor.map((count, bin) => count + (impostor[bin] as number)),
    }),
    { genuine: emptyHistogram(), impostor: emptyHistogram() },
  );
  const rate = (fold: Fold, share: number) => trueMatchRate(fold, binOfShare(fold.impostor, share));
  return {
    identities: chosen.length,
    images: chosen.reduce((sum, { images }) => sum + images, 0),
    genuinePairs: countOf(all.genuine),
    impostorPairs: countOf(all.impostor),
    equalErrorRate: intervalOf(folds.map(equalErrorRate)),
    roc: RATES.map((falseMatchRate) => ({
      falseMatchRate,
      trueMatchRate: intervalOf(folds.map((fold) => rate(fold, falseMatchRate))),
      threshold: lowerEdge(binOfShare(all.impostor, falseMatchRate)),
    })),
    curve: Array.from({ length: CURVE_POINTS }, (_, k) => {
      const falseMatchRate = 10 ** (-5 + (5 * k) / (CURVE_POINTS - 1));
      return { falseMatchRate, trueMatchRate: rate(all, falseMatchRate) };
    }),
    histograms: {
      genuine: coarser(all.genuine, TOLD_BINS),
      impostor: coarser(all.impostor, TOLD_BINS),
    },
  };
}

interface Chosen {
  /** The identity's first row. */
  start: number;
  images: number;
}

/** Identities with two images or more, evenly spread over all. */
function chooseIdentities(counts: readonly number[]): Chosen[] {
  let start = 0;
  const several: Chosen[] = [];
  for (const count of counts) {
    if (count > 1) several.push({ start, images: Math.min(MOST_IMAGES, count) });
    start += count;
  }
  const step = Math.max(1, several.length / MOST_IDENTITIES);
  const length = Math.min(several.length, MOST_IDENTITIES);
  return Array.from({ length }, (_, k) => several[Math.floor(k * step)] as Chosen);
}

async function gatherFolds(file: RowsFile, chosen: readonly Chosen[]): Promise<Fold[]> {
  const cosines = await createCosines(file.dimension);
  const folds: Fold[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = chosen.filter((_, k) => k % FOLDS === fold);
    const rows = await readRows(file, own);
    const owners = own.flatMap(({ images }, k) => new Array<number>(images).fill(k));
    folds.push(countPairs(await cosines(rows, rows), owners));
  }
  return folds;
}

async function readRows(file: RowsFile, chosen: readonly Chosen[]): Promise<Rows> {
  const { dimension } = file;
  const total = chosen.reduce((sum, { images }) => sum + images, 0);
  const data = new Float32Array(total * dimension);
  let at = 0;
  for (const { start, images } of chosen) {
    const { data: own } = await file.read(start, images);
    data.set(own, at);
    at += own.length;
  }
  return { data, dimension };
}

function countPairs(cosines: Float32Array, owners: readonly number[]): Fold {
  const fold: Fold = { genuine: emptyHistogram(), impostor: emptyHistogram() };
  const n = owners.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const histogram = owners[i] === owners[j] ? fold.genuine : fold.impostor;
      const bin = binOf(cosines[i * n + j] as number);
      histogram[bin] = (histogram[bin] as number) + 1;
    }
  }
  return fold;
}

const trueMatchRate = ({ genuine }: Fold, bin: number) =>
  countFrom(genuine, bin) / countOf(genuine);

/** Where as many genuine pairs are below a threshold as impostors are above it, in shares. */
export function equalErrorRate({ genuine, impostor }: Fold): number {
  const [ofGenuine, ofImpostor] = [countOf(genuine), countOf(impostor)];
  let missed = 0;
  let accepted = ofImpostor;
  for (let bin = 0; bin < BINS; bin++) {
    const [falseNonMatch, falseMatch] = [missed / ofGenuine, accepted / ofImpostor];
    if (falseNonMatch >= falseMatch) return (falseNonMatch + falseMatch) / 2;
    missed += genuine[bin] as number;
    accepted -= impostor[bin] as number;
  }
  return 0;
}

function intervalOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = T * Math.sqrt(square / (values.length - 1) / values.length);
  return { mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}
