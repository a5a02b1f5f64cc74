import { type ComparisonSliceRequest, HyperFaceError } from "@hyperface/contracts";
import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";
import { type CosineHistogram, emptyHistogram } from "./cosine-histogram.ts";
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

/** @throws HyperFaceError `invalid-checkpoint` where it is cut short, of another comparison, or no checkpoint */
export function decodeState(bytes: Uint8Array, request: ComparisonSliceRequest): ComparisonState {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    if (metadata.format !== FORMAT) throw new Error(`its format is ${metadata.format}`);
    if (metadata.spec !== specOf(request)) throw new Error("it belongs to another comparison");
    const { completed, sha256 } = JSON.parse(metadata.progress as string);
    const read = <T>(name: string, kind: abstract new (...args: never[]) => T): T => {
      const data = tensors[name]?.data;
      if (data instanceof kind) return data;
      throw new Error(`it has no ${name}`);
    };
    return {
      completed,
      sha256,
      impostors: read("impostors", Float64Array),
      pairs: read("pairs", Float64Array),
      nearest: read("nearest", Float32Array),
      top: {
        cosine: read("topCosine", Float32Array),
        index: read("topIndex", Int32Array),
        reference: read("topReference", Int32Array),
      },
    };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HyperFaceError("invalid-checkpoint", `the checkpoint cannot be used: ${why}`, {
      cause,
    });
  }
}
