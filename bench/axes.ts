import { writeFile } from "node:fs/promises";
import type { HyperFace } from "@hyperface/sdk";
import { dot } from "@hyperface/vectors";
import pLimit from "p-limit";
import sharp from "sharp";
import { findFace } from "./find-face.ts";
import { measureTraits, type Traits } from "./generate/traits.ts";
import { generateGallery, pack } from "./packings.ts";
import { withServices } from "./services.ts";
import { mean } from "./statistics.ts";

const IDENTITIES = 24;
const PLACES = [-3, -2, -1, 0, 1, 2, 3];
/** The identity on the sheet. */
const SHOWN = 6;
const SIDE = 128;
/** What each axis is to move. */
const AXES = { yaw: "yaw", pitch: "pitch", light: "light", side: "sideLight" } as const;
type Axis = keyof typeof AXES;
const NAMES = Object.keys(AXES) as Axis[];

const limit = pLimit(6);

/**
 * Sweeps of each axis on packed identities, all else held: what the face does, and whether it stays
 * the identity's. Draws docs/axes.jpg.
 */
export const benchAxes = () => withServices(measure);

async function measure(hyperface: HyperFace) {
  const near = await generateGallery(hyperface, 2 * IDENTITIES, 4);
  const packing = await pack(hyperface, { near, count: IDENTITIES, alpha: 0.5, seed: 4 });
  const { embeddings: references } = await hyperface.packings.embeddings(packing);
  const figures: Record<string, object> = {};
  const rows: Uint8Array[][] = [];
  for (const axis of NAMES) {
    const sweeps = await Promise.all(
      references.map((reference, i) => sweep(hyperface, packing, i, axis, reference)),
    );
    figures[axis] = figuresOf(sweeps, AXES[axis]);
    rows.push((sweeps[SHOWN] as Seen[]).map(({ file }) => file));
  }
  await drawSheet(rows);
  return { identities: IDENTITIES, places: PLACES, axes: figures };
}

interface Seen {
  file: Uint8Array;
  /** Null where no face is found. */
  traits: Traits | null;
  cosine: number;
}

/** One identity's sample with an axis at each place and the others at 0. */
const sweep = (
  hyperface: HyperFace,
  packing: string,
  identity: number,
  axis: Axis,
  reference: readonly number[],
): Promise<Seen[]> =>
  Promise.all(
    PLACES.map((place) =>
      limit(async () => {
        const axes = Object.fromEntries(NAMES.map((name) => [name, name === axis ? place : 0]));
        const file = await hyperface.images.get(packing, identity, 0, {
          ...axes,
          ground: "studio",
        });
        const face = await findFace(hyperface, file);
        if (!face) return { file, traits: null, cosine: Number.NaN };
        const pixels = await sharp(file).removeAlpha().raw().toBuffer();
        const image = { data: pixels, width: SIDE, height: SIDE };
        const traits = measureTraits(image, face.landmarks);
        return { file, traits, cosine: dot(reference, face.embedding) };
      }),
    ),
  );

function figuresOf(sweeps: readonly Seen[][], trait: keyof Traits) {
  const at = (k: number) => sweeps.flatMap((images) => (images[k]?.traits ? [images[k]] : []));
  const places = PLACES.map((_, k) => at(k));
  const whole = sweeps.filter((images) => images.every(({ traits }) => traits));
  const rises = whole.filter((images) => {
    const values = images.map(({ traits }) => (traits as Traits)[trait]);
    return values.every((value, k) => k === 0 || value > (values[k - 1] as number));
  });
  return {
    trait: places.map((seen) => mean(seen.map(({ traits }) => (traits as Traits)[trait]))),
    cosineToReference: places.map((seen) => mean(seen.map(({ cosine }) => cosine))),
    detectionRate: places.map((seen) => seen.length / sweeps.length),
    shareThatOnlyRise: rises.length / sweeps.length,
  };
}

async function drawSheet(rows: readonly Uint8Array[][]) {
  const cells = rows.flatMap((row, y) =>
    row.map((input, x) => ({ input: Buffer.from(input), left: x * SIDE, top: y * SIDE })),
  );
  const [width, height] = [PLACES.length * SIDE, rows.length * SIDE];
  const create = { width, height, channels: 3 as const, background: "white" };
  const sheet = sharp({ create }).composite(cells).jpeg({ quality: 88 });
  await writeFile(new URL("../docs/axes.jpg", import.meta.url), await sheet.toBuffer());
}
