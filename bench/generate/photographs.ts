import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitSimilarity } from "@hyperface/embed-svc/align";
import { type Point, warp } from "@hyperface/embed-svc/pixels";
import sharp from "sharp";
import { isHeldOut } from "./held-out.ts";
import { FRAME_SIDE, TEMPLATE } from "./templates.ts";

/** Photographs are beside the repository, never in it; FACES and LONDON say where else. */
const beside = (name: string) => fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));
export const facesFolder = () => process.env.FACES ?? beside("faces");
export const londonFolder = () => process.env.LONDON ?? beside("london");

export interface Photograph {
  name: string;
  /** A letter for the source it came from. */
  group: string;
  bytes: Uint8Array;
}

export const exists = (folder: string) =>
  access(folder).then(
    () => true,
    () => false,
  );

/** The portraits that training leaves out, in the order of their names. */
export const readHeldOut = () => readFolder(facesFolder(), isHeldOut);

/** Two photographs of each adult of the Face Research Lab London Set, neutral and smiling in turn. */
export const readLondon = () =>
  readFolder(londonFolder(), (name) => /_(neutral|smiling)\.jpg$/.test(name));

async function readFolder(folder: string, wanted: (name: string) => boolean) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg") && wanted(name));
  return Promise.all(
    names.sort().map(
      async (name): Promise<Photograph> => ({
        name,
        group: name[0] as string,
        bytes: await readFile(join(folder, name)),
      }),
    ),
  );
}

/**
 * The frame that the generator is trained to draw, cut from a photograph as training/align.py does:
 * bilinear, mirrored beyond the photograph's edge.
 * @param landmarks five, in the photograph's pixels
 * @returns PNG, 128 x 128
 */
export async function cutFrame(bytes: Uint8Array, landmarks: readonly Point[]) {
  const upright = await sharp(bytes).autoOrient().toColourspace("srgb").removeAlpha().toBuffer();
  const { width, height } = await sharp(upright).metadata();
  const border = Math.min(width, height);
  const { data, info } = await sharp(upright)
    .extend({ top: border, bottom: border, left: border, right: border, extendWith: "mirror" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const moved = landmarks.map(([x, y]): Point => [x + border, y + border]);
  const square = warp({ ...info, data }, fitSimilarity(TEMPLATE.frame, moved), FRAME_SIDE);
  const raw = { width: FRAME_SIDE, height: FRAME_SIDE, channels: 3 as const };
  return sharp(Uint8Array.from(square, Math.round), { raw }).png().toBuffer();
}
