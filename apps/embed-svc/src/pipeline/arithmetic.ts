import { ALIGNED_SIDE } from "@hyperface/contracts";
import { nameArithmetic, probeValues } from "@hyperface/inference";
import sharp from "sharp";
import type { Embedder } from "../embedders/embedder.ts";
import type { DetectorNetworks } from "./detect.ts";

/** Sides of what the networks are shown in a probe, pixels. */
const SIDES = { proposal: 40, refinement: 24, output: 48 } as const;

/** The arithmetic that an embedder's embeddings are made with here, from a file's bytes on: see nameArithmetic. */
export async function embeddingArithmetic(
  networks: DetectorNetworks,
  embedder: Embedder,
): Promise<string> {
  const detected = Object.entries(SIDES).map(async ([name, side]) => {
    const input = { data: probeValues(3 * side * side), dims: [1, 3, side, side] };
    const outputs = await networks[name as keyof typeof SIDES].run({ input });
    return Object.values(outputs).map(({ data }) => data);
  });
  const face = probeValues(3 * ALIGNED_SIDE ** 2).map((value) => 255 * value);
  return nameArithmetic({ libvips: sharp.versions.vips }, [
    ...(await Promise.all(detected)).flat(),
    (await embedder.embed(face, false)).unit,
    await decodedAndResized(face),
  ]);
}

/** A JPEG of the face, decoded and made smaller. */
async function decodedAndResized(face: Float32Array): Promise<Uint8Array> {
  const raw = { width: ALIGNED_SIDE, height: ALIGNED_SIDE, channels: 3 as const };
  const file = await sharp(Uint8Array.from(face), { raw }).jpeg().toBuffer();
  return sharp(file).resize(50, 50).raw().toBuffer();
}
