import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HyperFace } from "@hyperface/sdk";
import pLimit from "p-limit";
import sharp from "sharp";
import { findFace } from "../find-face.ts";
import { generateGallery, pack } from "../packings.ts";
import { canvas, canvasOfFrame } from "./canvases.ts";
import type { TrainingSet } from "./sets.ts";

export const IDENTITIES = 200;
export const IMAGES = 10;

/** A grey canvas, [80, 80], and whose it is. */
export interface LabelledFace {
  label: number;
  canvas: Uint8Array;
}

const limit = pLimit(6);

/** The faces of a set; `draw` makes other identities of a generator's set. */
export async function facesOf(
  hyperface: HyperFace,
  { references, query }: TrainingSet,
  draw: number,
): Promise<LabelledFace[]> {
  if (typeof references === "object") return photographsOf(hyperface, references.folder);
  const packing = await packIdentities(hyperface, references, draw);
  await checkQuery(hyperface, packing, query);
  return Promise.all(
    Array.from({ length: IDENTITIES * IMAGES }, (_, k) =>
      limit(async () => {
        const label = Math.floor(k / IMAGES);
        // A URL's query is text, whatever type its schema reads from it.
        const file = await hyperface.images.get(packing, label, k % IMAGES, query as object);
        return { label, canvas: await canvasOfFrame(file) };
      }),
    ),
  );
}

/** @throws Error where a query changes nothing: its names are not the API's, or its values are the defaults */
async function checkQuery(hyperface: HyperFace, packing: string, query: TrainingSet["query"]) {
  if (Object.keys(query).length === 0) return;
  const [plain, asked] = await Promise.all([
    hyperface.images.get(packing, 0, 0),
    hyperface.images.get(packing, 0, 0, query as object),
  ]);
  const pixels = (file: Uint8Array) => sharp(file).raw().toBuffer();
  if ((await pixels(plain)).equals(await pixels(asked))) {
    throw new Error(`the query ${new URLSearchParams(query)} changes no pixel of an image`);
  }
}

/** Packed near twice as many generated faces; or random vectors, the paper's baseline. */
async function packIdentities(
  hyperface: HyperFace,
  references: "packed" | "random",
  draw: number,
): Promise<string> {
  const size = { count: IDENTITIES, seed: draw };
  if (references === "random") {
    return pack(hyperface, { ...size, start: "random", alpha: 0, iterations: 0 });
  }
  const near = await generateGallery(hyperface, 2 * IDENTITIES, draw);
  return pack(hyperface, { ...size, near, alpha: 0.5 });
}

/** Of a folder with a folder for each person: the first images of those who have enough. */
async function photographsOf(hyperface: HyperFace, folder: string): Promise<LabelledFace[]> {
  const people = (await readdir(folder, { withFileTypes: true })).filter((p) => p.isDirectory());
  const faces: LabelledFace[] = [];
  let label = 0;
  for (const { name } of people.sort((a, b) => a.name.localeCompare(b.name))) {
    const files = (await readdir(join(folder, name))).sort().slice(0, IMAGES);
    if (files.length < IMAGES || label === IDENTITIES) continue;
    const canvases = await Promise.all(
      files.map((file) => limit(async () => detect(hyperface, join(folder, name, file)))),
    );
    const found = canvases.filter((face) => face !== null);
    if (found.length > 0) faces.push(...found.map((face) => ({ label, canvas: face })));
    if (found.length > 0) label++;
  }
  if (label < 2) {
    throw new Error(`${folder} has no two folders of ${IMAGES} photographs of a person`);
  }
  return faces;
}

async function detect(hyperface: HyperFace, path: string): Promise<Uint8Array | null> {
  const bytes = await readFile(path);
  const face = await findFace(hyperface, bytes);
  return face && canvas(bytes, face.landmarks);
}
