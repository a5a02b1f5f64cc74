import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";

const fixture = (name: string) =>
  readFile(new URL(`../../apps/embed-svc/fixtures/${name}`, import.meta.url));

/** One face in other lights, mirrored and not: there are no photographs of people in the repository. */
const vary = (picture: Sharp, k: number) => {
  const varied = picture
    .removeAlpha()
    .modulate({ brightness: 0.7 + 0.04 * (k % 16), saturation: 0.6 + 0.1 * (k % 7) });
  return k % 2 === 0 ? varied : varied.flop();
};

/** Aligned faces, interleaved RGB, [112, 112, 3]. */
export async function readAligned(count: number): Promise<Uint8Array[]> {
  const file = await fixture("aligned.png");
  return Promise.all(
    Array.from({ length: count }, (_, k) => vary(sharp(file), k).raw().toBuffer()),
  );
}

/** JPEG files of 512 x 512 pixels. */
export async function readPhotographs(count: number): Promise<Uint8Array[]> {
  const file = await fixture("face.png");
  return Promise.all(
    Array.from({ length: count }, (_, k) =>
      vary(sharp(file).resize(512), k).jpeg({ quality: 90 }).toBuffer(),
    ),
  );
}
