import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComparisonSliceRequest, comparisonSteps } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { createFileStore } from "@hyperface/storage";
import { encodeSet, normaliseRows, type Rows, rowDot } from "@hyperface/vectors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advanceComparison } from "./advance.ts";
import { createTopPairs } from "./top-pairs.ts";

const home = await mkdtemp(join(tmpdir(), "comparison-"));
const store = createFileStore(home);
afterAll(() => rm(home, { recursive: true }));

const dimension = 8;
/** More than a block of either, the last ones not whole. */
const [count, referenceCount] = [2100, 2200];
const model = { name: "toy", sha256: "0".repeat(64) };
const [set, reference] = ["datasets/dat_0/set", "galleries/gal_0/set"];
const rowsOf = (purpose: string, n: number): Rows => ({
  data: normaliseRows(randomStream(1, purpose).gaussian(n * dimension), dimension),
  dimension,
});
const a = rowsOf("a", count);
const b = rowsOf("b", referenceCount);

let keys = 0;
const request = (over: Partial<ComparisonSliceRequest> = {}): ComparisonSliceRequest => {
  keys += 1;
  return {
    set,
    reference,
    topK: 50,
    falseAcceptRate: 1e-3,
    checkpointKey: null,
    outputKey: `leakage-checks/lea_0/${keys}`,
    budgetSeconds: 600,
    ...over,
  };
};

beforeAll(async () => {
  // Copies of reference vectors, which no other pair comes near.
  for (const [k, row] of [7, 2047, 2048, 2099].entries()) {
    a.data.set(b.data.subarray(k * 700 * dimension, (k * 700 + 1) * dimension), row * dimension);
  }
  for (const [key, { data }] of [
    [set, a],
    [reference, b],
  ] as const) {
    await store.put(
      key,
      encodeSet({ embeddings: data as Float32Array, dimension, model, maker: null }),
    );
  }
});

describe("all pairs of two sets", () => {
  test("are what loops over every pair find", async () => {
    const { result, done } = await advanceComparison(store, request());
    expect(done).toBe(true);
    const cosines = new Float64Array(count * referenceCount);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < referenceCount; j++) cosines[i * referenceCount + j] = rowDot(a, i, b, j);
    }
    const near = Uint32Array.from(cosines.keys()).filter((p) => (cosines[p] as number) > 0.93);
    const order = near.sort((p, q) => (cosines[q] as number) - (cosines[p] as number) || p - q);
    const nearest = [...order.subarray(0, 50)].map((p) => [
      Math.floor(p / referenceCount),
      p % referenceCount,
    ]);
    expect(result?.top.map((pair) => [pair.index, pair.reference])).toEqual(nearest);
    for (const [k, { cosine }] of (result?.top ?? []).entries()) {
      expect(cosine).toBeCloseTo(Math.min(1, cosines[order[k] as number] as number), 12);
    }
    expect(near.length).toBeGreaterThan(50);
    expect(nearest.slice(0, 4).sort(([i = 0], [j = 0]) => i - j)).toEqual([
      [7, 0],
      [2047, 700],
      [2048, 1400],
      [2099, 2100],
    ]);

    const impostors = new Float64Array((referenceCount * (referenceCount - 1)) / 2);
    for (let i = 0, at = 0; i < referenceCount; i++) {
      for (let j = i + 1; j < referenceCount; j++) impostors[at++] = rowDot(b, i, b, j);
    }
    impostors.sort();
    const allowed = Math.floor(1e-3 * impostors.length);
    const threshold = result?.threshold as number;
    // The allowed ones reach it, and it is no more than a bin above the next.
    expect(threshold).toBeGreaterThan((impostors.at(-1 - allowed) as number) - 1e-6);
    expect(threshold).toBeLessThan((impostors.at(-1 - allowed) as number) + 2 ** -15 + 1e-6);
    expect(result).toMatchObject({
      count,
      referenceCount,
      pairs: count * referenceCount,
      impostorPairs: impostors.length,
    });
    expect(result?.falseAccepts).toBeLessThanOrEqual(allowed);
    expect(result?.falseAccepts).toBeGreaterThan(0.98 * allowed);
    const above = cosines.reduce((sum, cosine) => sum + Number(cosine >= threshold), 0);
    expect(Math.abs((result?.pairsAbove as number) - above)).toBeLessThanOrEqual(2);
    let vectors = 0;
    for (let i = 0; i < count; i++) {
      const own = cosines.subarray(i * referenceCount, (i + 1) * referenceCount);
      vectors += Number(own.some((cosine) => cosine >= threshold));
    }
    expect(Math.abs((result?.vectorsAbove as number) - vectors)).toBeLessThanOrEqual(2);
    const { histograms } = result as NonNullable<typeof result>;
    for (const [name, total] of [
      ["pairs", count * referenceCount],
      ["impostors", impostors.length],
      ["nearest", count],
    ] as const) {
      expect(histograms[name].reduce((sum, value) => sum + value, 0)).toBe(total);
    }
  });

  test("come out the same in slices of a tile each, from a checkpoint in between", async () => {
    const whole = await advanceComparison(store, request());
    let checkpointKey: string | null = null;
    const completed: number[] = [];
    for (;;) {
      const next = request({ checkpointKey, budgetSeconds: 1e-9 });
      // What a killed process began is begun again.
      await advanceComparison(store, { ...next, outputKey: `${next.outputKey}-lost` });
      const slice = await advanceComparison(store, next);
      completed.push(slice.completed);
      checkpointKey = next.outputKey;
      if (!slice.done) continue;
      expect(slice.result).toEqual(whole.result);
      break;
    }
    const steps = comparisonSteps(count, referenceCount);
    expect(completed).toEqual(Array.from({ length: steps - 1 }, (_, k) => 2 + k));
  });

  test("a checkpoint of another comparison, or one cut short, is refused", async () => {
    const first = request({ budgetSeconds: 1e-9 });
    await advanceComparison(store, first);
    const other = advanceComparison(store, request({ checkpointKey: first.outputKey, topK: 7 }));
    await expect(other).rejects.toMatchObject({ code: "invalid-checkpoint" });
    const bytes = await store.get(first.outputKey);
    await store.put("leakage-checks/lea_0/cut", bytes.subarray(0, bytes.length / 2));
    const cut = advanceComparison(store, request({ checkpointKey: "leakage-checks/lea_0/cut" }));
    await expect(cut).rejects.toMatchObject({ code: "invalid-checkpoint" });
  });

  test("a reference set of one vector has no impostors, and so no threshold", async () => {
    const alone = "galleries/gal_1/set";
    const embeddings = b.data.slice(0, dimension) as Float32Array;
    await store.put(alone, encodeSet({ embeddings, dimension, model, maker: null }));
    const { result } = await advanceComparison(store, request({ reference: alone }));
    expect(result).toMatchObject({
      threshold: null,
      pairsAbove: 0,
      impostorPairs: 0,
      pairs: count,
    });
    expect(result?.top[0]).toMatchObject({ index: 7, reference: 0 });
  });
});

test("of pairs that come in any order the nearest are kept, equal ones by their indices", () => {
  const cosine = randomStream(2, "top").uniform(5000);
  const pairs = Array.from(cosine, (value, k) => {
    return { cosine: Math.fround(Math.round(value * 400) / 400), index: k % 71, reference: k };
  });
  const sorted = pairs.toSorted(
    (p, q) => q.cosine - p.cosine || p.index - q.index || p.reference - q.reference,
  );
  const top = createTopPairs(20);
  for (const { cosine: c, index, reference: r } of pairs)
    if (c >= top.floor()) top.offer(c, index, r);
  const found = top.pairs();
  expect([...found.reference].slice(0, 20)).toEqual(sorted.slice(0, 20).map((p) => p.reference));
  expect(found.cosine.length).toBeLessThanOrEqual(2 * 20 + 64);
});
