import { spreadOf } from "@hyperface/certificate";
import type { Separation } from "@hyperface/contracts";
import type { Rows } from "@hyperface/vectors";
import type { RowsFile } from "../comparison/rows-file.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";

/** Rows read at a time. */
const BLOCK = 2048;
const THRESHOLDS = [0.3, 0.35, 0.4, 0.45, 0.5];

/** Sums of each identity's embeddings, float64 [identities, d]. */
async function sumRows(file: RowsFile, counts: readonly number[]): Promise<Float64Array> {
  const { dimension: d, count } = file;
  const sums = new Float64Array(counts.length * d);
  let identity = 0;
  let left = counts[0] as number;
  for (let start = 0; start < count; start += BLOCK) {
    const { data } = await file.read(start, BLOCK);
    for (let row = 0; row * d < data.length; row++, left--) {
      while (left === 0) left = counts[++identity] as number;
      for (let k = 0, p = row * d, q = identity * d; k < d; k++, p++, q++) {
        sums[q] = (sums[q] as number) + (data[p] as number);
      }
    }
  }
  return sums;
}

/** What identities' centres say: how far they are from each other, and how near their images are to them. */
export async function separateCentres(
  file: RowsFile,
  counts: readonly number[],
): Promise<Pick<Separation, "between" | "within">> {
  const { dimension: d } = file;
  const sums = await sumRows(file, counts);
  const lengths = counts.map((_, i) => Math.hypot(...sums.subarray(i * d, (i + 1) * d)));
  const seen = counts.flatMap((count, i) => (count > 0 ? [i] : []));
  const several = seen.filter((i) => (counts[i] as number) > 1);
  const share = (i: number) => (lengths[i] as number) / (counts[i] as number);
  const distance = (i: number) => {
    const [length, count] = [lengths[i] as number, counts[i] as number];
    return 1 - (length ** 2 - count) / (count * (count - 1));
  };
  return {
    between: seen.length < 2 ? null : await spreadCentres(unitRows(sums, lengths, seen, d), seen),
    within:
      several.length === 0
        ? null
        : {
            consistency: spreadOf(several.map(share)),
            diversity: spreadOf(several.map(distance)),
          },
  };
}

function unitRows(sums: Float64Array, lengths: number[], chosen: number[], d: number): Rows {
  const data = new Float32Array(chosen.length * d);
  for (const [row, i] of chosen.entries()) {
    for (let k = 0; k < d; k++) {
      data[row * d + k] = (sums[i * d + k] as number) / (lengths[i] as number);
    }
  }
  return { data, dimension: d };
}

async function spreadCentres(centres: Rows, identities: number[]): Promise<Separation["between"]> {
  const kernels = await createOnnxKernels(centres.dimension);
  const { cosine: found, index } = await kernels.nearestOther(centres);
  const cosine = Float64Array.from(found);
  const maxCosine = cosine.reduce((a, b) => Math.max(a, b), -1);
  const closest = cosine.indexOf(maxCosine);
  const name = (row: number) => identities[row] as number;
  return {
    identities: identities.length,
    maxCosine,
    pair: [name(closest), name(index[closest] as number)],
    nearest: spreadOf(cosine),
    unique: THRESHOLDS.map((threshold) => ({
      threshold,
      count: cosine.reduce((sum, value) => sum + Number(value < threshold), 0),
    })),
  };
}
