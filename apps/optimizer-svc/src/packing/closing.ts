import { HyperFaceError } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import type { Kernels, Nearest, Placed } from "./kernels/kernels.ts";
import type { PackingState } from "./solver.ts";

/** Points of a part: two of them meet in a second or two, of 512 numbers. */
const PART = 16_384;

/** What is known of each point's nearest other once the last step is done. */
export const closingMemory = (count: number): Pick<PackingState, "tensors" | "scalars"> => ({
  tensors: {
    otherCosine: new Float32Array(count).fill(-Infinity),
    otherIndex: new Int32Array(count).fill(-1),
  },
  scalars: { met: 0 },
});

export const nearestOthers = ({ tensors }: Pick<PackingState, "tensors">): Nearest => ({
  cosine: tensors.otherCosine as Float32Array,
  index: tensors.otherIndex as Int32Array,
});

/**
 * Finds each point's nearest other, exactly, in parts, until `proceed` says no: it is the work of hundreds of steps
 * where there are hundreds of thousands of points.
 * @returns whether all are found
 * @throws HyperFaceError `invalid-checkpoint` where the state's count of what has met cannot be
 */
export async function closePacking(
  state: Pick<PackingState, "embeddings" | "tensors" | "scalars">,
  { dimension, part = PART }: { dimension: number; part?: number },
  kernels: Pick<Kernels, "meet">,
  proceed: () => boolean,
): Promise<boolean> {
  const pairs = pairsOfParts({ data: state.embeddings, dimension }, part);
  let met = state.scalars.met as number;
  if (!Number.isInteger(met) || met < 0 || met > pairs.length) {
    const why = `${met} of ${pairs.length} pairs of parts have met`;
    throw new HyperFaceError("invalid-checkpoint", `the checkpoint cannot be used: ${why}`);
  }
  for (const [a, b] of pairs.slice(met)) {
    await kernels.meet(nearestOthers(state), a, b);
    state.scalars.met = ++met;
    if (!proceed()) break;
  }
  return met === pairs.length;
}

function pairsOfParts({ data, dimension: d }: Rows, size: number): [Placed, Placed][] {
  const parts: Placed[] = [];
  for (let start = 0; start * d < data.length; start += size) {
    const rows = { data: data.subarray(start * d, (start + size) * d), dimension: d };
    parts.push({ rows, start });
  }
  return parts.flatMap((a, i) => parts.slice(i).map((b): [Placed, Placed] => [a, b]));
}
