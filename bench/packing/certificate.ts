import { randomStream } from "@hyperface/hypersphere";
import { certify } from "@hyperface/optimizer-svc/certify";
import { createOnnxKernels } from "@hyperface/optimizer-svc/packing";
import { normaliseRows, type Rows } from "@hyperface/vectors";
import { peakMemoryMB, stopwatch } from "./pack.ts";

/** Vectors that are compared with all others before the whole is reckoned. */
const BLOCK = 16_384;
/** CPU seconds after which it stops: of the whole, which is hours, a part is measured. */
const CPU_SECONDS = 40;

/** The exact certificate of random unit vectors, in blocks as of a file: its memory; its time, from the pairs of a part. */
export async function benchCertificate(count: number, dimension: number) {
  const check = await checkPart(count, dimension, (start, rows) => {
    const numbers = randomStream(7, "bench-certificate", start).gaussian(rows * dimension);
    return { data: normaliseRows(numbers, dimension), dimension };
  });
  return { n: count, d: dimension, ...check, peakMemoryMB: peakMemoryMB() };
}

/** The exact certificate of vectors that `rowsAt` gives, up to the end or to CPU_SECONDS, and what the whole would take. */
export async function checkPart(
  count: number,
  dimension: number,
  rowsAt: (start: number, rows: number) => Rows,
) {
  const kernels = await createOnnxKernels(dimension);
  const cpuSeconds = stopwatch();
  const read = async (start: number, wanted: number) =>
    rowsAt(start, Math.min(wanted, count - start));
  const points = { count, dimension, read, close: async () => {} };
  let share = 0;
  const progress = (done: number) => {
    share = done;
    if (cpuSeconds() > CPU_SECONDS && done < 1) throw new Enough();
  };
  await certify({ points, gallery: null, kernels, progress, block: BLOCK }).catch((error) => {
    if (!(error instanceof Enough)) throw error;
  });
  const spent = cpuSeconds();
  return {
    block: BLOCK,
    share,
    cpuSeconds: spent,
    /** Of the whole, were its other pairs as these. */
    reckonedCpuHours: spent / share / 3600,
  };
}

class Enough extends Error {}
