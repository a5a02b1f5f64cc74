import { createHash } from "node:crypto";
import { HyperFaceError, PackingPoint, type ResolvedPacking } from "@hyperface/contracts";
import { decodeSafetensors, type SafetensorsFile, safetensorsPieces } from "@hyperface/formats";
import type { Rows } from "@hyperface/vectors";
import { z } from "zod";
import type { PackingState } from "./solver.ts";

const FORMAT = "hyperface-packing-checkpoint-3";

const StoredState = z.object({
  iteration: z.int().min(0),
  done: z.boolean(),
  /** Numbers as JSON prints them come back bit for bit; NaN does not, so none is stored. */
  scalars: z.record(z.string(), z.number()),
  history: z.array(PackingPoint),
  arithmetic: z.array(z.string()),
});

/** SHA-256 over everything a packing is a function of: the spec and the bytes it is given. */
export function specHash(spec: ResolvedPacking, vectors: Record<string, Rows | null>): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(sorted(spec)));
  for (const name of Object.keys(vectors).sort()) {
    const rows = vectors[name];
    hash.update(`\0${name}\0`);
    if (rows) {
      hash.update(new Uint8Array(rows.data.buffer, rows.data.byteOffset, rows.data.byteLength));
    }
  }
  return hash.digest("hex");
}

/** The same value with its keys in order, so that equal specs print equally. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** A checkpoint as the pieces of a safetensors file, which are views of the state: write them before it moves on. */
export function encodeCheckpoint(
  state: PackingState,
  spec: ResolvedPacking,
  hash: string,
): Uint8Array[] {
  const { embeddings, tensors, ...rest } = state;
  const { dimension } = spec;
  const named = Object.entries({ embeddings, ...tensors }).map(([name, data]) => {
    const rows = data.length / dimension;
    const shape = Number.isInteger(rows) ? [rows, dimension] : [data.length];
    return [name, { data, shape }] as const;
  });
  return safetensorsPieces({
    tensors: Object.fromEntries(named),
    metadata: { format: FORMAT, spec: hash, state: JSON.stringify(rest) },
  });
}

/**
 * The state in a checkpoint.
 * @param expected what the solver remembers at its start: the tensors and scalars a checkpoint must have
 * @throws HyperFaceError `invalid-checkpoint` where it is truncated, of another spec or no checkpoint
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  spec: ResolvedPacking,
  hash: string,
  expected: Pick<PackingState, "tensors" | "scalars">,
): PackingState {
  const { tensors, metadata } = readFile(bytes);
  if (metadata.format !== FORMAT) {
    throw invalid(`its format is ${metadata.format ?? "not named"}, not ${FORMAT}`, OF_ANOTHER);
  }
  if (metadata.spec !== hash) {
    throw invalid("it belongs to another spec, gallery or start", "give the one of this spec");
  }
  const size = spec.count * spec.dimension;
  const like = { embeddings: new Float32Array(0), ...expected.tensors };
  const found = Object.entries(like).map(([name, sample]) => {
    const data = tensors[name]?.data;
    const length = name === "embeddings" ? size : (expected.tensors[name] as Float32Array).length;
    if (data?.constructor !== sample.constructor || data.length !== length) {
      throw invalid(`its tensor ${name} is missing or of another shape`, OF_ANOTHER);
    }
    return [name, data] as const;
  });
  const stored = readState(metadata.state);
  for (const name of Object.keys(expected.scalars)) {
    if (!Object.hasOwn(stored.scalars, name)) throw invalid(`its ${name} is missing`, OF_ANOTHER);
  }
  const { embeddings, ...remembered } = Object.fromEntries(found) as PackingState["tensors"];
  return {
    ...stored,
    embeddings: embeddings as Float32Array,
    tensors: remembered,
  };
}

function readFile(bytes: Uint8Array): SafetensorsFile {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    throw invalid((error as Error).message, DAMAGED, error);
  }
}

function readState(text: string | undefined): z.infer<typeof StoredState> {
  try {
    return StoredState.parse(JSON.parse(text ?? ""));
  } catch (error) {
    throw invalid("its state cannot be read", DAMAGED, error);
  }
}

const OF_ANOTHER =
  "another version of the solver wrote it: begin the packing again, without a checkpoint, as a job does that is retried";
const DAMAGED = "go on from an earlier one, or from none";

const invalid = (why: string, right: string, cause?: unknown) =>
  new HyperFaceError("invalid-checkpoint", `the checkpoint cannot be used: ${why}; ${right}`, {
    cause,
  });
