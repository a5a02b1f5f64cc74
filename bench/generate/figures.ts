import { dot } from "@hyperface/vectors";
import { mean } from "../statistics.ts";
import type { Pair } from "./draw.ts";
import { frechetRatios } from "./frechet.ts";
import { STAGE_NAMES } from "./imagenet.ts";
import type { Look } from "./look.ts";
import { match, rank1 } from "./matching.ts";
import { distances, SAME_PERSON } from "./third-judge.ts";

/** Principal axes of the Frechet distances: few, since covariances come from some hundred images. */
const AXES = { second: 48, features: 24 };

interface Seen extends Pair {
  source: Look;
  sample: Look;
}
const isSeen = (pair: Pair): pair is Seen => pair.source !== null && pair.sample !== null;

/** Samples drawn from the embeddings of photographs, against these photographs. */
export function sampleFigures(pairs: readonly Pair[]) {
  const seen = pairs.filter(isSeen);
  return {
    photographs: pairs.length,
    detectionRate: detectionRate(pairs.map(({ sample }) => sample)),
    cosineToSource: mean(seen.map(cosineToSource)),
    thirdJudge: match(thirdDistances(seen)),
    gridDecibelsAboveReal: gridAboveReal(
      seen.map(({ sample }) => sample),
      seen.map(({ source }) => source),
    ),
  };
}

/** The same for each source of portraits; rank-1 among the portraits of all sources. */
export function groupFigures(pairs: readonly Pair[]) {
  const seen = pairs.filter(isSeen);
  const between = thirdDistances(seen);
  const first = rank1(between);
  const groups = [...new Set(pairs.map(({ group }) => group))].sort();
  const entries = groups.map((group) => {
    const members = seen.flatMap((pair, i) => (pair.group === group ? [i] : []));
    const all = pairs.filter((pair) => pair.group === group);
    return [
      group,
      {
        photographs: all.length,
        detectionRate: detectionRate(all.map(({ sample }) => sample)),
        cosineToSource: mean(members.map((i) => cosineToSource(seen[i] as Seen))),
        thirdJudgeDistance: mean(members.map((i) => between[i]?.[i] as number)),
        thirdJudgeRank1: mean(members.map((i) => Number(first[i]))),
      },
    ];
  });
  return Object.fromEntries(entries);
}

/**
 * Samples of packed identities.
 * @param images looks of each identity
 * @param references unit, one an identity
 */
export function packedFigures(
  images: readonly (Look | null)[][],
  references: readonly number[][],
  real: readonly Look[],
) {
  const seen = images.flatMap((looks, identity) =>
    looks.flatMap((look) => (look ? [{ look, identity }] : [])),
  );
  const own = seen.map(({ look, identity }) => {
    const cosines = references.map((reference) => dot(reference, look.embedding));
    return { cosine: cosines[identity] as number, best: Math.max(...cosines) };
  });
  const pairs = images.flatMap(([first, second]) => (first && second ? [{ first, second }] : []));
  const apart = everyTwo(pairs.map(({ first }) => first));
  return {
    identities: images.length,
    samples: images.flat().length,
    detectionRate: detectionRate(images.flat()),
    cosineToReference: mean(own.map(({ cosine }) => cosine)),
    nearestIsOwn: mean(own.map(({ cosine, best }) => Number(cosine === best))),
    meanSecondCosineBetween: mean(apart.map(([a, b]) => dot(a.second, b.second))),
    thirdJudge: {
      ...match(
        distances(
          pairs.map(({ first }) => first.third),
          pairs.map(({ second }) => second.third),
        ),
      ),
      ...betweenIdentities(apart),
    },
    gridDecibelsAboveReal: gridAboveReal(
      seen.map(({ look }) => look),
      real,
    ),
  };
}

function betweenIdentities(pairs: readonly (readonly [Look, Look])[]) {
  const found = pairs.flatMap(([a, b]) => distances([a.third], [b.third]).flat());
  return {
    pairsBetween: found.length,
    meanDistanceBetween: mean(found),
    samePersonDistance: SAME_PERSON,
    shareOfPairsUnder: mean(found.map((value) => Number(value < SAME_PERSON))),
  };
}

/** 1 is as far as two halves of the held-out portraits are from one another. */
export function frechetFigures(pairs: readonly Pair[], packed: readonly Look[]) {
  const seen = pairs.filter(isSeen);
  const ratios = (read: (look: Look) => ArrayLike<number>, axes: number) => {
    const { drawn, free } = frechetRatios(
      seen.map(({ source }) => read(source)),
      seen.map(({ sample }) => read(sample)),
      packed.map(read),
      axes,
    );
    return { heldOut: drawn, packed: free };
  };
  const stages = STAGE_NAMES.map((name) => [
    name,
    ratios(({ features }) => features[name], AXES.features),
  ]);
  return {
    embedder192: ratios(({ second }) => second, AXES.second),
    ...Object.fromEntries(stages),
  };
}

const detectionRate = (looks: readonly (Look | null)[]) =>
  mean(looks.map((look) => Number(look !== null)));

const cosineToSource = ({ embedding, sample }: Seen) => dot(embedding, sample.embedding);

const thirdDistances = (pairs: readonly Seen[]) =>
  distances(
    pairs.map(({ source }) => source.third),
    pairs.map(({ sample }) => sample.third),
  );

const gridAboveReal = (images: readonly Look[], real: readonly Look[]) =>
  mean(images.map(grid)) - mean(real.map(grid));
const grid = ({ gridDecibels }: Look) => gridDecibels;

const everyTwo = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
