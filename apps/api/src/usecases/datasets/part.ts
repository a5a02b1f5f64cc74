import { HyperFaceError, type ModelReference, Provenance } from "@hyperface/contracts";
import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";
import { z } from "zod";

/** What a dataset knows of one of its images. */
export const ImageRow = z.object({
  /** Its name in the dataset. */
  key: z.string(),
  identity: z.int(),
  /** The identity's number among the dataset's own, from 0 on. */
  label: z.int(),
  sample: z.int(),
  /** The sample that it is of the packing: the image's random numbers are keyed by it. */
  drawn: z.int(),
  attempts: z.int(),
  sha256: z.string(),
  bytes: z.int().min(0),
  /** Cosine with its identity's reference. */
  similarity: z.number(),
  /** Cosine of the identity's reference as `draw` moves it with the reference; null in parts of earlier releases. */
  drawnSimilarity: z.number().nullable().default(null),
  /** The other identity whose reference is nearest; null where there is no other. */
  nearestOther: z.int().nullable(),
  nearestOtherSimilarity: z.number().nullable(),
  /** Nearest vector of the leakage gate's set; null without one. */
  forbiddenNearest: z.int().nullable(),
  forbiddenSimilarity: z.number().nullable(),
  /** About the cosine to the same face seen well, 0 to 1. */
  quality: z.number(),
  /** Null where nothing was detected. */
  detectionScore: z.number().nullable(),
  /** In pixels of the picture in which the face was detected. */
  landmarks: z.array(z.tuple([z.number(), z.number()])).nullable(),
  yaw: z.number().nullable(),
  pitch: z.number().nullable(),
  roll: z.number().nullable(),
  provenance: Provenance,
});
export type ImageRow = z.infer<typeof ImageRow>;

/** A sample that was given up. */
const MissingSample = z.object({
  identity: z.int(),
  sample: z.int(),
  /** Why, one an attempt. */
  reasons: z.array(z.string()),
});
export type MissingSample = z.infer<typeof MissingSample>;

/** Images of some samples that follow each other. */
export interface Part {
  rows: ImageRow[];
  missing: MissingSample[];
  /** Files, in the rows' order. */
  images: Uint8Array[];
  /** Unit rows, [rows, dimension]. */
  embeddings: Float32Array;
  dimension: number;
}

const FORMAT = "hyperface-dataset-part-1";

/** A part as the one file it is stored as: safetensors, its rows in the metadata. */
export function encodePart(part: Part, model: ModelReference): Uint8Array {
  const { rows, missing, images, embeddings, dimension } = part;
  const files = Buffer.concat(images);
  return encodeSafetensors({
    tensors: {
      embeddings: { data: embeddings, shape: [rows.length, dimension] },
      images: { data: new Uint8Array(files), shape: [files.length] },
    },
    metadata: {
      format: FORMAT,
      model: JSON.stringify(model),
      rows: JSON.stringify(rows),
      missing: JSON.stringify(missing),
    },
  });
}

/** @throws HyperFaceError `damaged-object` where the file is no part */
export function decodePart(bytes: Uint8Array, name: string): Part {
  const { tensors, metadata } = readFile(bytes, name);
  const { embeddings, images } = tensors;
  if (
    metadata.format !== FORMAT ||
    !(embeddings?.data instanceof Float32Array) ||
    !(images?.data instanceof Uint8Array)
  ) {
    throw damaged(name);
  }
  const { rows, missing } = readLists(metadata, name);
  const files = images.data;
  const size = rows.reduce((sum, { bytes: length }) => sum + length, 0);
  const { shape } = embeddings;
  if (size !== files.length || shape.length !== 2 || shape[0] !== rows.length) throw damaged(name);
  let end = 0;
  const own = rows.map(({ bytes: length }) => {
    end += length;
    return files.subarray(end - length, end);
  });
  return {
    rows,
    missing,
    images: own,
    embeddings: embeddings.data,
    dimension: shape[1] as number,
  };
}

function readFile(bytes: Uint8Array, name: string) {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function readLists({ rows = "", missing = "" }: Record<string, string>, name: string) {
  try {
    return {
      rows: z.array(ImageRow).parse(JSON.parse(rows)),
      missing: z.array(MissingSample).parse(JSON.parse(missing)),
    };
  } catch (cause) {
    throw damaged(name, cause);
  }
}

const damaged = (name: string, cause?: unknown) =>
  new HyperFaceError("damaged-object", `${name} is no part of a dataset`, { cause });
