import { HyperFaceError, type ModelReference, type Provenance } from "@hyperface/contracts";
import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";

/** What a dataset knows of one of its images. */
export interface ImageRow {
  /** Its name in the dataset. */
  key: string;
  identity: number;
  /** The identity's number among the dataset's own, from 0 on. */
  label: number;
  sample: number;
  /** The sample that it is of the packing: the image's random numbers are keyed by it. */
  drawn: number;
  attempts: number;
  sha256: string;
  bytes: number;
  /** Cosine with its identity's reference. */
  similarity: number;
  /** The other identity whose reference is nearest; null where there is no other. */
  nearestOther: number | null;
  nearestOtherSimilarity: number | null;
  /** Nearest vector of the leakage gate's set; null without one. */
  forbiddenNearest: number | null;
  forbiddenSimilarity: number | null;
  /** About the cosine to the same face seen well, 0 to 1. */
  quality: number;
  /** Null where nothing was detected. */
  detectionScore: number | null;
  /** In pixels of the picture in which the face was detected. */
  landmarks: [number, number][] | null;
  yaw: number | null;
  pitch: number | null;
  roll: number | null;
  provenance: Provenance;
}

/** A sample that was given up. */
export interface MissingSample {
  identity: number;
  sample: number;
  /** Why, one an attempt. */
  reasons: string[];
}

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
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { embeddings, images } = tensors;
  if (
    metadata.format !== FORMAT ||
    !(embeddings?.data instanceof Float32Array) ||
    !(images?.data instanceof Uint8Array)
  ) {
    throw new HyperFaceError("damaged-object", `${name} is no part of a dataset`);
  }
  const rows = JSON.parse(metadata.rows ?? "") as ImageRow[];
  const files = images.data;
  let end = 0;
  const own = rows.map(({ bytes: length }) => {
    end += length;
    return files.subarray(end - length, end);
  });
  return {
    rows,
    missing: JSON.parse(metadata.missing ?? "") as MissingSample[],
    images: own,
    embeddings: embeddings.data,
    dimension: embeddings.shape[1] as number,
  };
}
