import type { BenchmarkOptions } from "./options.ts";
import { benchCertificate } from "./packing/certificate.ts";
import { benchCodes } from "./packing/codes.ts";
import { benchGallery } from "./packing/gallery.ts";
import { benchHuge } from "./packing/huge.ts";
import { benchIteration } from "./packing/iteration.ts";
import { benchNearestFaces } from "./packing/nearest-faces.ts";
import { benchOrbits } from "./packing/orbits.ts";
import { benchOvertaking } from "./packing/overtaking.ts";
import { benchPeers } from "./packing/peers.ts";
import { benchQuality } from "./packing/quality.ts";
import { benchRecipe } from "./packing/recipe.ts";
import { benchScale } from "./packing/scale.ts";
import { benchMillion } from "./packing/scale-million.ts";
import { benchScaleNear } from "./packing/scale-near.ts";

/** Of a case that goes on in another run; its last packing may take as long again. */
const SECONDS = 240;

const galleryCase =
  (count: number, iterations: number) =>
  ({ draws = 1, seconds = SECONDS }: BenchmarkOptions) =>
    benchGallery({ count, iterations, rivalIterations: 3 * iterations, draws, seconds });

const CASES: Record<string, (options: BenchmarkOptions) => Promise<object>> = {
  codes: benchCodes,
  "quality-2000x128": () =>
    benchQuality({
      count: 2000,
      dimension: 128,
      iterations: 500,
      long: 2000,
      rivalIterations: 2000,
    }),
  "quality-10000x512": () => benchQuality({ count: 10_000, dimension: 512, iterations: 300 }),
  "gallery-1000x512": galleryCase(1000, 100),
  "gallery-2000x512": galleryCase(2000, 100),
  "gallery-10000x512": galleryCase(10_000, 80),
  "recipe-2000x128": ({ seconds = SECONDS }) => benchRecipe(2000, 128, seconds),
  "codes-huge": benchHuge,
  "peers-2000x64": () => benchPeers(2000, 64, 1000),
  "scale-100000x512": () => benchScale(100_000, 512),
  "scale-near-300000x512": () => benchScaleNear(300_000, 512, 10_000),
  "scale-1000000x128": () => benchMillion(1_000_000, 128),
  "certificate-1000000x512": () => benchCertificate(1_000_000, 512),
  overtaking: benchOvertaking,
  orbits: benchOrbits,
  "nearest-faces-10000x512": () => benchNearestFaces(10_000, 512, 20),
  iteration: () => benchIteration(4000, 512),
};

export async function benchPacking(options: BenchmarkOptions) {
  const { case: name } = options;
  const run = name && Object.hasOwn(CASES, name) ? CASES[name] : undefined;
  if (!run) throw new Error(`--case ${Object.keys(CASES).join(" or ")}`);
  return { case: name, ...(await run(options)) };
}
