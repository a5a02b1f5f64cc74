import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { comparisonSteps } from "@hyperface/contracts";
import { advanceComparison } from "@hyperface/optimizer-svc/comparison";
import { createFileStore, type ObjectStore } from "@hyperface/storage";
import { normaliseRows, setHead } from "@hyperface/vectors";
import type { BenchmarkOptions } from "./options.ts";

const DIMENSION = 512;
const MODEL = { name: "none", sha256: "0".repeat(64) };
const [SET, REFERENCE] = ["datasets/dat_0/set", "galleries/gal_0/set"];
/** Vectors of the set that are copies of reference vectors, spread over both. */
const PLANTED = 50;
const ROWS_AT_ONCE = 10_000;
const SLICE_SECONDS = 20;

/**
 * A leakage check's comparison of every pair of random unit vectors, in slices: `images` of a set with `identities` of
 * a reference set. Whether the planted copies are the nearest pairs; seconds, and CPU and memory of this process.
 */
export async function benchLeakage({
  images: count = 100_000,
  identities: referenceCount = 10_000,
}: BenchmarkOptions) {
  const home = await mkdtemp(join(tmpdir(), "hyperface-bench-"));
  const store = createFileStore(home);
  try {
    const at = (k: number, of: number) => Math.floor(((k + 0.5) * of) / PLANTED);
    const copies = new Map(
      Array.from({ length: PLANTED }, (_, k) => [at(k, count), at(k, referenceCount)]),
    );
    await writeSet(store, REFERENCE, referenceCount);
    await writeSet(store, SET, count, (row) => {
      const original = copies.get(row);
      return original === undefined ? undefined : referenceRow(original);
    });
    const before = process.resourceUsage();
    const { seconds, slices, result } = await compare(
      store,
      comparisonSteps(count, referenceCount),
    );
    const after = process.resourceUsage();
    const cpu = after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
    const nearest = result.top.slice(0, PLANTED);
    return {
      ...{ count, referenceCount, dimension: DIMENSION, pairs: count * referenceCount },
      ...{ seconds, slices, pairsPerSecond: (count * referenceCount) / seconds },
      cpuSeconds: cpu / 1e6,
      cpuSecondsPerBillionPairs: (cpu * 1e3) / (count * referenceCount),
      peakMemoryMB: (after.maxRSS * 1024) / 1e6,
      peakMemoryBeforeMB: (before.maxRSS * 1024) / 1e6,
      planted: PLANTED,
      found: nearest.filter(({ index, reference }) => copies.get(index) === reference).length,
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Unit rows of whole numbers drawn by xorshift: normal ones of the product's streams would take longer than comparing. */
function rowsFrom(purpose: string, start: number, count: number): Float32Array {
  const values = new Float32Array(count * DIMENSION);
  let state = createHash("sha256").update(`${purpose} ${start}`).digest().readInt32LE() | 1;
  for (let k = 0; k < values.length; k++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[k] = state >> 8;
  }
  return normaliseRows(values, DIMENSION);
}

/** A row of the reference set, as {@link writeSet} draws it. */
function referenceRow(row: number): Float32Array {
  const start = row - (row % ROWS_AT_ONCE);
  const rows = rowsFrom(REFERENCE, start, row - start + 1);
  return rows.slice((row - start) * DIMENSION) as Float32Array;
}

/** Random unit rows as a stored set. @param planted what stands at a row instead */
async function writeSet(
  store: ObjectStore,
  key: string,
  count: number,
  planted: (row: number) => Float32Array | undefined = () => undefined,
): Promise<void> {
  async function* bytes() {
    yield setHead({ count, dimension: DIMENSION, model: MODEL, maker: null });
    for (let start = 0; start < count; start += ROWS_AT_ONCE) {
      const rows = rowsFrom(key, start, Math.min(ROWS_AT_ONCE, count - start));
      for (let row = 0; row * DIMENSION < rows.length; row++) {
        const other = planted(start + row);
        if (other) rows.set(other, row * DIMENSION);
      }
      yield new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    }
  }
  await store.putStream(key, bytes());
}

async function compare(store: ObjectStore, total: number) {
  const started = performance.now();
  let checkpointKey: string | null = null;
  for (let slices = 1; ; slices++) {
    const outputKey: string = `leakage-checks/lea_0/${slices}`;
    const asked = { set: SET, reference: REFERENCE, topK: 200, falseAcceptRate: 1e-4 };
    const slice = { ...asked, checkpointKey, outputKey, budgetSeconds: SLICE_SECONDS };
    const { completed, result } = await advanceComparison(store, slice);
    const seconds = (performance.now() - started) / 1000;
    console.error(`${completed}/${total} tiles, ${seconds.toFixed(0)} s`);
    if (result) return { seconds, slices, result };
    checkpointKey = outputKey;
  }
}
