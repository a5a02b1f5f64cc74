import { loadavg } from "node:os";
import type { HyperFace } from "@hyperface/sdk";
import { compareGenerators } from "./generate/compare.ts";
import { drawFrom, lookAt, lookAtImages } from "./generate/draw.ts";
import { frechetFigures, groupFigures, packedFigures, sampleFigures } from "./generate/figures.ts";
import { createLooker, type Look, type Looker } from "./generate/look.ts";
import { match } from "./generate/matching.ts";
import { measureSpeed } from "./generate/speed.ts";
import { spreads } from "./generate/spread.ts";
import { distances } from "./generate/third-judge.ts";
import type { BenchmarkOptions } from "./options.ts";
import { generateGallery, pack } from "./packings.ts";
import {
  exists,
  facesFolder,
  londonFolder,
  type Photograph,
  readHeldOut,
  readLondon,
} from "./photographs.ts";
import { withServices } from "./services.ts";

const IDENTITIES = 128;
const SAMPLES = 3;
const SEED = 4;

/**
 * Judges of the default generator that its training never sees: held-out portraits, London's
 * photographs, a third recogniser, an image network. Every image comes through the gateway.
 */
export async function benchGenerate({ case: only }: BenchmarkOptions) {
  if (only === "speed") return { ...(await compareGenerators()), loadBefore: loadavg()[0] };
  for (const folder of [facesFolder(), londonFolder()]) {
    if (!(await exists(folder))) {
      return { skipped: `no folder ${folder}: FACES and LONDON name the photographs to judge by` };
    }
  }
  return withServices(measure);
}

async function measure(hyperface: HyperFace) {
  const load = loadavg()[0];
  const look = await createLooker(hyperface);
  const { generators } = await hyperface.models.list();
  const generator = generators.find(({ name }) => name === "default");

  const heldOut = await drawFrom(hyperface, look, await readHeldOut());
  const real = present(heldOut.map(({ source }) => source));
  const near = await generateGallery(hyperface, 2 * IDENTITIES, SEED);
  const packing = await pack(hyperface, { near, count: IDENTITIES, alpha: 0.5, seed: SEED });
  const { embeddings: references } = await hyperface.packings.embeddings(packing);
  const packed = await lookAtImages(hyperface, look, packing, IDENTITIES, SAMPLES);
  return {
    generator: { version: generator?.version, sha256: generator?.sha256 },
    heldOut: { ...sampleFigures(heldOut), groups: groupFigures(heldOut) },
    london: await outside(hyperface, look),
    packed: packedFigures(packed, references, real),
    spread: spreads(
      packed.map((images) => present(images).map(({ traits }) => traits)),
      real.map(({ traits }) => traits),
    ),
    frechetRatio: frechetFigures(heldOut, present(packed.map(([first]) => first))),
    speed: {
      ...(await measureSpeed(hyperface, packing)),
      ...(await compareGenerators()),
      loadBefore: load,
    },
  };
}

/** London's people: a sample of the neutral photograph, and beside it what a second photograph gives. */
async function outside(hyperface: HyperFace, look: Looker) {
  const photographs = await readLondon();
  const neutral = await drawFrom(hyperface, look, photographs.filter(isNeutral));
  const other = photographs.filter((photograph) => !isNeutral(photograph));
  const smiling = await lookAt(hyperface, look, other);
  const both = neutral.flatMap(({ name, source }) => {
    const person = (file: string) => file.slice(0, 3);
    const again = smiling.find((second) => person(second.name) === person(name))?.source;
    return source && again ? [{ source, again }] : [];
  });
  const real = distances(
    both.map(({ source }) => source.third),
    both.map(({ again }) => again.third),
  );
  return { ...sampleFigures(neutral), thirdJudgeOfRealPairs: match(real) };
}

const isNeutral = ({ name }: Photograph) => name.includes("neutral");
const present = (looks: readonly (Look | null | undefined)[]) => looks.filter((look) => !!look);
