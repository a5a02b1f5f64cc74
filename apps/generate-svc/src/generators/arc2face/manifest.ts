import { createHash } from "node:crypto";
import { ModelName, ModelReference } from "@hyperface/contracts";
import { describeFiles, ModelFile } from "@hyperface/inference";
import { z } from "zod";
import type { KnownUnloaded } from "../generator.ts";
import { LATENT_CHANNELS, LATENT_SCALE } from "./networks.ts";

/** manifest.json of a folder that training/export_arc2face.py wrote. */
export const Arc2FaceManifest = z.object({
  kind: z.literal("arc2face"),
  name: ModelName,
  version: z.string(),
  terms: z.string(),
  /** Arc2Face's own, whose identities it follows. */
  embedder: ModelReference,
  files: z.object({
    encoder: ModelFile,
    unet: ModelFile,
    fewStepUnet: ModelFile.optional(),
    decoder: ModelFile,
    unconditional: ModelFile,
  }),
  size: z.int().positive().multipleOf(LATENT_SCALE),
  embeddingDimension: z.int().positive(),
  finalSigma: z.enum(["zero", "sigma_min"]),
});
export type Arc2FaceManifest = z.infer<typeof Arc2FaceManifest>;

export function describeArc2Face(manifest: Arc2FaceManifest): KnownUnloaded {
  const { name, version, embedder, files, size, embeddingDimension, terms } = manifest;
  const present = Object.entries(files).flatMap(([role, file]) => (file ? [{ role, file }] : []));
  const hashes = present.map(({ role, file }) => [role, file.sha256, file.data?.sha256]);
  return {
    name,
    version,
    // Of all its files' together, each in its role.
    sha256: createHash("sha256").update(JSON.stringify(hashes.sort())).digest("hex"),
    embedder,
    size,
    embeddingDimension,
    latentDimension: latentDimension(size),
    axes: [],
    controls: null,
    draw: false,
    sampling: { fewStep: files.fewStepUnet !== undefined },
    grounds: false,
    prior: false,
    ...describeFiles(present.map(({ file }) => file)),
    terms,
  };
}

/** Numbers of the latents of a picture. @param size its side, pixels */
export const latentDimension = (size: number) => LATENT_CHANNELS * (size / LATENT_SCALE) ** 2;
