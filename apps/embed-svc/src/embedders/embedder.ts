import { ALIGNED_SIDE } from "@hyperface/contracts";
import { type Claim, createBatcher, floatsOf, type Session } from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { toPlanar } from "../pipeline/pixels.ts";

const VALUES = 3 * ALIGNED_SIDE * ALIGNED_SIDE;

export interface Embedded {
  unit: Float32Array;
  norm: number;
}

export interface Embedder {
  dimension: number;
  /**
   * Unit embedding of an aligned face, and the length that the network gave it (with `flip` half the sum's).
   * @param face interleaved RGB, [112, 112, 3] in 0 to 255
   * @param flip sum with the mirror image's embedding
   */
  embed(face: Float32Array, flip: boolean, claim?: Claim): Promise<Embedded>;
}

export interface BatchOptions {
  /** What metrics call it. */
  name: string;
  /** Most faces in one batch. */
  size: number;
  /** How long a face waits for company, milliseconds. */
  delay: number;
  /** Batches under way at once. */
  parallel: number;
}

/** What a network takes and gives. */
export interface Layout {
  dimension: number;
  channels: "rgb" | "bgr";
  /** A grey level v becomes (v - mean) / scale. */
  mean: number;
  scale: number;
}

/**
 * Embeds faces of all concurrent callers in shared batches.
 * @throws RangeError where the graph has not one input and one output
 */
export function createEmbedder(
  session: Session,
  { dimension, channels, mean, scale }: Layout,
  batching: BatchOptions,
): Embedder {
  const order = channels === "bgr" ? [2, 1, 0] : [0, 1, 2];
  const [input, output] = [onlyOne("input", session.inputs), onlyOne("output", session.outputs)];
  const side = { width: ALIGNED_SIDE, height: ALIGNED_SIDE };
  const runBatch = async (inputs: Float32Array[]) => {
    const data = new Float32Array(inputs.length * VALUES);
    for (const [i, input] of inputs.entries()) data.set(input, i * VALUES);
    const dims = [inputs.length, 3, ALIGNED_SIDE, ALIGNED_SIDE];
    const rows = floatsOf(await session.run({ [input]: { data, dims } }), output).data;
    if (rows.length !== inputs.length * dimension) {
      const found = rows.length / inputs.length;
      throw new RangeError(`the graph's embeddings have ${found} numbers, not ${dimension}`);
    }
    return inputs.map((_, i) => rows.slice(i * dimension, (i + 1) * dimension));
  };
  const embedOne = createBatcher(runBatch, batching);

  return {
    dimension,
    async embed(face, flip, claim) {
      const views = (flip ? [false, true] : [false]).map((mirror) =>
        embedOne(toPlanar(face, side, { order, mirror, mean, scale }), claim),
      );
      const [first, second] = await Promise.all(views);
      const sum = (first as Float32Array).map((value, k) => value + (second?.[k] ?? 0));
      return { norm: Math.hypot(...sum) / views.length, unit: normalise(sum) };
    },
  };
}

function onlyOne(what: string, names: readonly string[]): string {
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw new RangeError(`an embedder has one ${what}, this graph has ${names.join(", ") || "none"}`);
}
