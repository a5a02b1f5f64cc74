import { summarise } from "@hyperface/certificate";
import { HyperFaceError, type SetCertificate } from "@hyperface/contracts";
import { type Kernels, noNearest } from "../packing/kernels/kernels.ts";
import { mean } from "../packing/objective.ts";
import type { VectorFile } from "./npy-file.ts";

/** Vectors in memory at a time, twice: 32 MiB each at 512 numbers. */
const BLOCK = 16_384;

export interface CertifyInput {
  points: VectorFile;
  gallery: VectorFile | null;
  kernels: Kernels;
  /** Told the share of the work done, in [0, 1]. */
  progress?: (share: number) => void;
  block?: number;
}

/**
 * The certificate of any set, exact, in blocks: memory does not grow with the set but by 8 bytes a vector,
 * time with its square.
 * @throws HyperFaceError `dimension-mismatch`, `invalid-packing`, `invalid-vector`
 */
export async function certify(input: CertifyInput): Promise<SetCertificate> {
  const { points, gallery, kernels, progress = () => {}, block = BLOCK } = input;
  const { count, dimension } = points;
  if (count < 2) throw new HyperFaceError("invalid-packing", "one vector has no nearest other");
  if (gallery && gallery.dimension !== dimension) {
    throw new HyperFaceError(
      "dimension-mismatch",
      `the gallery has dimension ${gallery.dimension}, the set ${dimension}`,
    );
  }
  const blocks = Math.ceil(count / block);
  const steps = (blocks * (blocks + 1)) / 2 + blocks * Math.ceil((gallery?.count ?? 0) / block);
  let done = 0;
  const nearest = noNearest(count);
  const closeness = new Float32Array(count).fill(-Infinity);
  for (let i = 0; i < count; i += block) {
    const rows = await points.read(i, block);
    for (let j = i; j < count; j += block) {
      const other = j === i ? rows : await points.read(j, block);
      await kernels.meet(nearest, { rows, start: i }, { rows: other, start: j });
      progress(++done / steps);
    }
    for (let j = 0; gallery && j < gallery.count; j += block) {
      const { cosine } = await kernels.nearest(rows, await gallery.read(j, block));
      for (const [k, value] of cosine.entries()) {
        closeness[i + k] = Math.max(closeness[i + k] as number, value);
      }
      progress(++done / steps);
    }
  }
  const regulariser = gallery ? 1 - mean(closeness) : null;
  return summarise({ dimension, ...nearest, regulariser });
}
