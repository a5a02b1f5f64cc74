import { type DistanceModel, distanceWithin } from "@hyperface/embed-svc/quality";
import { cosine } from "@hyperface/hypersphere";
import sharp from "sharp";
import { withEmbedder } from "./embedder.ts";
import { createChance } from "./hostile/chance.ts";
import { exists, facesFolder, londonFolder, readHeldOut, readLondon } from "./photographs.ts";
import { minimise, quantileLoss } from "./quality/fit.ts";
import { ORDINARY, SIDE, UNSEEN } from "./quality/specimens.ts";
import { median } from "./statistics.ts";

const PORTRAITS = 30;
/** Of each portrait and kind. */
const SPECIMENS = 5;
/** Share of faces that the distance is to hold for. */
const LEVEL = 0.9;
/** As hostile has it: a face of another cosine is another's, and one of this value is said to be seen well. */
const SAME = 0.9;
const WELL = 0.6;
/** Side of a frame from which on a face is an ordinary one, pixels. */
const ORDINARY_SIZE = 112;

interface Seen {
  portrait: number;
  kind: string;
  quality: { size: number; sharpness: number; noise: number };
  cosine: number;
}
/** With the value that the fitted model gives it. */
type Judged = Seen & { value: number };

/**
 * What a face's quality says against what its embedding is worth: the cosine to that of the same portrait at 256 pixels. Fits the
 * model of the value on every other portrait, and counts on the rest.
 */
export async function benchQuality() {
  for (const folder of [facesFolder(), londonFolder()]) {
    if (!(await exists(folder))) return { skipped: `there is no folder ${folder}: see FACES` };
  }
  const seen = await seeAll(await choosePortraits());
  const ordinary = seen.filter(({ kind }) => Object.hasOwn(ORDINARY, kind));
  const fitted = fitModel(ordinary.filter(({ portrait }) => portrait % 2 === 0));
  const judged = seen
    .filter(({ portrait }) => portrait % 2 === 1)
    .map((one) => ({ ...one, value: Math.max(0, 1 - distanceWithin(one.quality, fitted)) }));
  const countOf = (...kinds: string[]) => count(judged.filter(({ kind }) => kinds.includes(kind)));
  const countEach = (kinds: object) =>
    Object.fromEntries(Object.keys(kinds).map((kind) => [kind, countOf(kind)]));
  const large = judged.filter(
    ({ kind, quality }) => kind === "smaller" && quality.size >= ORDINARY_SIZE,
  );
  const values = large.map(({ value }) => value);
  return {
    ...{
      portraits: 2 * PORTRAITS,
      specimens: seen.length,
      level: LEVEL,
      fitted,
    },
    all: countOf(...Object.keys(ORDINARY)),
    ordinary: countEach(ORDINARY),
    unseen: countEach(UNSEEN),
    valueOfLarge: { least: Math.min(...values), median: median(values) },
  };
}

async function choosePortraits(): Promise<Buffer[]> {
  const folders = await Promise.all([readHeldOut(), readLondon()]);
  const chosen = folders.flatMap((all) =>
    Array.from({ length: PORTRAITS }, (_, k) => all[Math.floor((k * all.length) / PORTRAITS)]),
  );
  return Promise.all(
    chosen.map((portrait) =>
      sharp(portrait?.bytes).resize(SIDE, SIDE).removeAlpha().png().toBuffer(),
    ),
  );
}

const seeAll = (portraits: readonly Buffer[]): Promise<Seen[]> =>
  withEmbedder(async (embed) => {
    const seen: Seen[] = [];
    for (const [portrait, file] of portraits.entries()) {
      if (portrait % 10 === 0) console.error(`${portrait} of ${portraits.length} portraits`);
      const well = await embed(file);
      if (!well) throw new Error(`portrait ${portrait} shows no face`);
      for (const [k, [kind, worsen]] of Object.entries({ ...ORDINARY, ...UNSEEN }).entries()) {
        for (let specimen = 0; specimen < SPECIMENS; specimen++) {
          const chance = createChance(portrait, k * SPECIMENS + specimen);
          const face = await embed(await worsen(file, chance));
          if (!face) continue;
          const { embedding, quality } = face;
          seen.push({ portrait, kind, quality, cosine: cosine(embedding, well.embedding) });
        }
      }
    }
    return seen;
  });

/** Distance of unit embeddings. */
const distance = ({ cosine }: Seen) => Math.sqrt(Math.max(0, 2 - 2 * cosine));

function fitModel(seen: readonly Seen[]): DistanceModel {
  const loss = (logarithms: readonly number[]) => {
    const model = modelOf(logarithms);
    // From 1 on a value is 0, however far the distance goes.
    const pairs = seen.map((one) => ({
      observed: Math.min(1, distance(one)),
      expected: Math.min(1, distanceWithin(one.quality, model)),
    }));
    return quantileLoss(pairs, LEVEL);
  };
  const found = minimise(loss, [25, 2, 6, 3, 2, 2, 0.1].map(Math.log));
  // From a new simplex, lest the first shrank too early.
  return modelOf(minimise(loss, found).map(round));
}

/** To three digits, of a logarithm. */
const round = (x: number) => Math.log(Number(Math.exp(x).toPrecision(3)));

function modelOf(logarithms: readonly number[]): DistanceModel {
  const [size, sharpness, noise, ofSize, ofSharpness, ofNoise, least] = logarithms.map((x) =>
    Number(Math.exp(x).toPrecision(12)),
  ) as [...[number, number, number, number, number, number, number]];
  const power = { size: ofSize, sharpness: ofSharpness, noise: ofNoise };
  return { at: { size, sharpness, noise }, power, least };
}

function count(judged: readonly Judged[]) {
  const well = judged.filter(({ value }) => value > WELL);
  const valued = judged.filter(({ value }) => value > 0);
  return {
    faces: judged.length,
    seenWell: well.length,
    ofThoseAnothers: well.filter((one) => one.cosine < SAME).length,
    smallestCosineOfThose: well.length > 0 ? Math.min(...well.map((one) => one.cosine)) : null,
    sameButNotSeenWell: judged.filter((one) => one.cosine >= SAME && one.value <= WELL).length,
    withinShare: valued.filter((one) => distance(one) <= 1 - one.value).length / valued.length,
  };
}
