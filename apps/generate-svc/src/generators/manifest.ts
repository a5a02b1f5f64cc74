import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AxisName, ModelName, ModelReference, Sha256 } from "@hyperface/contracts";
import { z } from "zod";

const File = z.object({ path: z.string().regex(/^[\w.-]+$/), sha256: Sha256, bytes: z.int() });

/** manifest.json of a folder that holds an ONNX generator and its prior. */
export const GeneratorManifest = z.object({
  kind: z.literal("onnx").default("onnx"),
  name: ModelName,
  version: z.string(),
  embedder: ModelReference,
  files: z.object({ generator: File, prior: File, controls: File.optional() }),
  /** The axes of `controls`, in its order, with how much of each trait a line explains (R squared). */
  axes: z.partialRecord(AxisName, z.object({ explained: z.number() })).default({}),
  size: z.int().positive(),
  latentDimension: z.int().positive(),
  embeddingDimension: z.int().positive(),
  priorNoiseDimension: z.int().positive(),
  /** The face is aligned to the template, scaled about the picture's middle. */
  alignment: z.object({
    template: z.literal("arcface-112"),
    scale: z.number().positive().max(1),
  }),
  terms: z.string(),
});
export type GeneratorManifest = z.infer<typeof GeneratorManifest>;

/**
 * A model file's bytes, checked before anything loads them.
 * @throws Error with both hashes where the file is not the manifest's
 */
export async function readModel(
  folder: string,
  { path, sha256 }: z.infer<typeof File>,
): Promise<Uint8Array> {
  const bytes = await readFile(join(folder, path));
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) {
    throw new Error(`${join(folder, path)} has sha256 ${found}, its manifest says ${sha256}`);
  }
  return bytes;
}
