import { HyperFaceError, ModelReference } from "@hyperface/contracts";
import {
  decodeSafetensors,
  encodeSafetensors,
  safetensorsHead,
  safetensorsLayout,
  type Tensor,
} from "@hyperface/formats";
import { z } from "zod";
import { findNotUnit } from "./normalise.ts";

/** Each vector's nearest one among others: its index, and their cosine. */
export interface Neighbours {
  index: Int32Array;
  cosine: Float32Array;
}

/** Unit embeddings of one model: a gallery, a packing, the references of a dataset. */
export interface EmbeddingSet {
  /** Unit rows, [n, dimension]. */
  embeddings: Float32Array;
  dimension: number;
  model: ModelReference;
  /** What made it, as JSON holds it: a generator and its seed, an upload, a packing's spec. */
  maker: unknown;
  /** Nearest other vector of the set, where it was sought. */
  nearest?: Neighbours | undefined;
  /** Nearest vector of the set that this one was to keep away from. */
  repelled?: Neighbours | undefined;
}

export type SetTensor = "embeddings" | `${"nearest" | "repelled"}${"Index" | "Cosine"}`;

const FORMAT = "hyperface-set-1";
/** Enough of a file's beginning to hold its header. */
export const SET_HEADER_BYTES = 16_384;

/** A set as the one file it is stored as: safetensors, its model and maker in the metadata. */
export function encodeSet(set: EmbeddingSet): Uint8Array {
  const { embeddings, dimension, model, maker } = set;
  const count = embeddings.length / dimension;
  const neighbours = (["nearest", "repelled"] as const).flatMap((name) => {
    const found = set[name];
    if (!found) return [];
    return [
      [`${name}Index`, { data: found.index, shape: [count] }] as const,
      [`${name}Cosine`, { data: found.cosine, shape: [count] }] as const,
    ];
  });
  return encodeSafetensors({
    tensors: {
      embeddings: { data: embeddings, shape: [count, dimension] },
      ...Object.fromEntries(neighbours),
    },
    metadata: { format: FORMAT, model: JSON.stringify(model), maker: JSON.stringify(maker) },
  });
}

/** The beginning of a stored set whose unit rows follow as they come, little-endian float32. */
export const setHead = ({
  count,
  dimension,
  model,
  maker,
}: { count: number } & Pick<EmbeddingSet, "dimension" | "model" | "maker">): Uint8Array =>
  safetensorsHead(
    { embeddings: { dtype: "F32", shape: [count, dimension], bytes: 4 * count * dimension } },
    { format: FORMAT, model: JSON.stringify(model), maker: JSON.stringify(maker) },
  );

/**
 * A stored set, verified and never altered.
 * @param name what it is, for errors
 * @throws HyperFaceError `damaged-object` where the file is no set, or a row is not of unit length
 */
export function decodeSet(bytes: Uint8Array, name: string): EmbeddingSet {
  const { tensors, metadata } = parse(name, () => decodeSafetensors(bytes));
  if (metadata.format !== FORMAT) {
    throw damaged(name, `its format is ${metadata.format ?? "not named"}, not ${FORMAT}`);
  }
  const embeddings = tensors.embeddings;
  if (!(embeddings?.data instanceof Float32Array) || embeddings.shape.length !== 2) {
    throw damaged(name, "it has no float32 matrix named embeddings");
  }
  const dimension = embeddings.shape[1] as number;
  checkRows(embeddings.data, dimension, name);
  const count = embeddings.shape[0] as number;
  return {
    embeddings: embeddings.data,
    dimension,
    model: parse(name, () => ModelReference.parse(JSON.parse(metadata.model ?? ""))),
    maker: parse(name, () => z.json().parse(JSON.parse(metadata.maker ?? ""))),
    nearest: neighboursOf(tensors, "nearest", count, name),
    repelled: neighboursOf(tensors, "repelled", count, name),
  };
}

/**
 * Where a tensor's bytes are in a stored set, from the file's first {@link SET_HEADER_BYTES}.
 * @throws HyperFaceError `damaged-object` where the file is no set, or has no such tensor
 */
export function setTensorPlace(header: Uint8Array, tensor: SetTensor, name: string) {
  const place = parse(name, () => safetensorsLayout(header))[tensor];
  if (place) return place;
  throw damaged(name, `it has no tensor ${tensor}`);
}

/** @throws HyperFaceError `damaged-object` where a row read from a store is not of unit length */
export function checkRows(data: Float32Array, dimension: number, name: string): void {
  const row = findNotUnit(data, dimension);
  if (row >= 0) throw damaged(name, `vector ${row} is not of unit length`);
}

/** @throws HyperFaceError `damaged-object` where they are not one a row */
function neighboursOf(
  tensors: Record<string, Tensor>,
  kind: "nearest" | "repelled",
  count: number,
  name: string,
): Neighbours | undefined {
  const index = tensors[`${kind}Index`]?.data;
  const cosine = tensors[`${kind}Cosine`]?.data;
  if (!index && !cosine) return undefined;
  const fit = index instanceof Int32Array && cosine instanceof Float32Array;
  if (fit && index.length === count && cosine.length === count) return { index, cosine };
  throw damaged(name, `its ${kind} neighbours are not one a row`);
}

function parse<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damaged(name, (cause as Error).message, cause);
  }
}

const damaged = (name: string, why: string, cause?: unknown) =>
  new HyperFaceError("damaged-object", `${name} cannot be used as it is stored: ${why}`, { cause });
