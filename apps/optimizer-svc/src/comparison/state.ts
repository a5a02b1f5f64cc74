import { type ComparisonSliceRequest, HyperFaceError } from "@hyperface/contracts";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "@hyperface/formats";
import { z } from "zod";
import { BINS, type CosineHistogram, emptyHistogram } from "./cosine-histogram.ts";
import { noPairs, type Pairs } from "./top-pairs.ts";

/** Where a comparison stands. */
export interface ComparisonState {
  /** Steps done. */
  completed: number;
  sha256: { set: string; reference: string };
  impostors: CosineHistogram;
  pairs: CosineHistogram;
  /** Cosine of each vector with its nearest reference vector. */
  nearest: Float32Array;
  top: Pairs;
}

export const startOf = (count: number, sha256: ComparisonState["sha256"]): ComparisonState => ({
  completed: 1,
  sha256,
  impostors: emptyHistogram(),
  pairs: emptyHistogram(),
  nearest: new Float32Array(count).fill(-1),
  top: noPairs(),
});

const FORMAT = "hyperface-comparison-1";

/** All that a comparison is a function of. */
const specOf = ({ set, reference, topK }: ComparisonSliceRequest) =>
  JSON.stringify([set, reference, topK]);

export function encodeState(state: ComparisonState, request: ComparisonSliceRequest): Uint8Array {
  const { completed, sha256, top, ...tensors } = state;
  const named = {
    ...tensors,
    topCosine: top.cosine,
    topIndex: top.index,
    topReference: top.reference,
  };
  const shaped = Object.entries(named).map(([name, data]) => [
    name,
    { data, shape: [data.length] },
  ]);
  return encodeSafetensors({
    tensors: Object.fromEntries(shaped),
    metadata: {
      format: FORMAT,
      spec: specOf(request),
      progress: JSON.stringify({ completed, sha256 }),
    },
  });
}

const Progress = z.object({
  completed: z.int().min(1),
  sha256: z.object({ set: z.string(), reference: z.string() }),
});

/**
 * @param count vectors of the set
 * @throws HyperFaceError `invalid-checkpoint` where it is cut short, of another comparison, or no checkpoint
 */
export function decodeState(
  bytes: Uint8Array,
  request: ComparisonSliceRequest,
  count: number,
): ComparisonState {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    if (metadata.format !== FORMAT) throw new Error(`its format is ${metadata.format}`);
    if (metadata.spec !== specOf(request)) throw new Error("it belongs to another comparison");
    const progress = Progress.parse(JSON.parse(metadata.progress ?? ""));
    const read = <T extends TensorData>(
      name: string,
      kind: abstract new (...args: never[]) => T,
      length: number | undefined,
    ): T => {
      const data = tensors[name]?.data;
      if (data instanceof kind && data.length === length) return data;
      throw new Error(`it has no ${name} of ${length}`);
    };
    const kept = tensors.topCosine?.data.length;
    return {
      ...progress,
      impostors: read("impostors", Float64Array, BINS),
      pairs: read("pairs", Float64Array, BINS),
      nearest: read("nearest", Float32Array, count),
      top: {
        cosine: read("topCosine", Float32Array, kept),
        index: read("topIndex", Int32Array, kept),
        reference: read("topReference", Int32Array, kept),
      },
    };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HyperFaceError("invalid-checkpoint", `the checkpoint cannot be used: ${why}`, {
      cause,
    });
  }
}
