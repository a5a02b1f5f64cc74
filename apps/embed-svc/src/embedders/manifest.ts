import { ModelName } from "@hyperface/contracts";
import { ModelFile } from "@hyperface/inference";
import { z } from "zod";
import type { Layout } from "./embedder.ts";

/**
 * manifest.json of a folder that holds an embedder: a graph of one input [N, 3, 112, 112] and one output
 * [N, dimension], of faces that are aligned to ArcFace's template.
 */
export const EmbedderManifest = z.object({
  kind: z.literal("embedder"),
  name: ModelName,
  licence: z.string(),
  source: z.string(),
  file: ModelFile,
  dimension: z.int().positive().max(4096),
  channels: z.enum(["rgb", "bgr"]),
  /** A grey level v becomes (v - mean) / scale. */
  mean: z.number(),
  scale: z.number().positive(),
}) satisfies z.ZodType<Layout>;
