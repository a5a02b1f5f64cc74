import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@hyperface/hypersphere";
import { createFileStore } from "@hyperface/storage";
import { encodeSet, normaliseRows, type Rows, rowDot } from "@hyperface/vectors";
import { afterAll, describe, expect, test } from "vitest";
import { emptyHistogram, lowerEdge } from "../comparison/cosine-histogram.ts";
import { separate } from "./separate.ts";
import { equalErrorRate } from "./verification.ts";

const home = await mkdtemp(join(tmpdir(), "separation-"));
const store = createFileStore(home);
afterAll(() => rm(home, { recursive: true }));

const dimension = 16;
/** One identity has no image, one has a single one, and all together are more than a block. */
const counts = Array.from({ length: 300 }, (_, i) => (i === 3 ? 0 : i === 5 ? 1 : 6 + (i % 4)));
const total = counts.reduce((sum, count) => sum + count, 0);
const owners = counts.flatMap((count, i) => new Array<number>(count).fill(i));
const noise = randomStream(1, "noise").gaussian(total * dimension);
const identities = randomStream(1, "identities").gaussian(counts.length * dimension);
const rows: Rows = {
  data: normaliseRows(
    noise.map((value, p) => {
      const owner = owners[Math.floor(p / dimension)] as number;
      return (identities[owner * dimension + (p % dimension)] as number) + 0.45 * value;
    }),
    dimension,
  ),
  dimension,
};
const set = "datasets/dat_0/set";
await store.put(
  set,
  encodeSet({
    embeddings: rows.data as Float32Array,
    dimension,
    model: { name: "toy", sha256: "0".repeat(64) },
    maker: null,
  }),
);
const rowsOf = (identity: number) =>
  owners.flatMap((owner, row) => (owner === identity ? [row] : []));
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("what embeddings say of their identities", () => {
  const found = separate(store, { set, counts });

  test("within: as loops over every pair of an identity's images find it", async () => {
    const { within } = await found;
    const diversity: number[] = [];
    const consistency: number[] = [];
    for (const [i, count] of counts.entries()) {
      if (count < 2) continue;
      const own = rowsOf(i);
      const pairs = own.flatMap((a) =>
        own.filter((b) => b > a).map((b) => rowDot(rows, a, rows, b)),
      );
      diversity.push(1 - mean(pairs));
      const sum = Float64Array.from({ length: dimension }, (_, k) =>
        mean(own.map((row) => rows.data[row * dimension + k] as number)),
      );
      consistency.push(Math.hypot(...sum));
    }
    expect(within?.diversity.mean).toBeCloseTo(mean(diversity), 6);
    expect(within?.diversity.largest).toBeCloseTo(Math.max(...diversity), 6);
    expect(within?.consistency.mean).toBeCloseTo(mean(consistency), 6);
    expect(within?.consistency.smallest).toBeCloseTo(Math.min(...consistency), 6);
  });

  test("between: the nearest centres, of identities that have images", async () => {
    const { between } = await found;
    const seen = counts.flatMap((count, i) => (count > 0 ? [i] : []));
    const centres = normaliseRows(
      Float64Array.from(
        seen.flatMap((i) => {
          const own = rowsOf(i);
          return Array.from({ length: dimension }, (_, k) =>
            mean(own.map((row) => rows.data[row * dimension + k] as number)),
          );
        }),
      ),
      dimension,
    );
    const all = { data: centres, dimension };
    const nearest = seen.map((_, a) =>
      Math.max(...seen.flatMap((__, b) => (a === b ? [] : rowDot(all, a, all, b)))),
    );
    expect(between?.identities).toBe(299);
    expect(between?.maxCosine).toBeCloseTo(Math.max(...nearest), 5);
    expect(between?.nearest.mean).toBeCloseTo(mean(nearest), 5);
    const pair = between?.pair as [number, number];
    const [a, b] = pair.map((identity) => seen.indexOf(identity)) as [number, number];
    expect(rowDot(all, a, all, b)).toBeCloseTo(Math.max(...nearest), 5);
    for (const { threshold, count } of between?.unique ?? []) {
      expect(count).toBe(nearest.filter((cosine) => cosine < threshold).length);
    }
  });

  test("pairs are told apart as their cosines allow", async () => {
    const { verification } = await found;
    const images = counts.reduce((sum, count) => sum + (count > 1 ? Math.min(8, count) : 0), 0);
    expect(verification).toMatchObject({ identities: 298, images });
    const { equalErrorRate: eer, roc, curve } = verification as NonNullable<typeof verification>;
    expect(eer.mean).toBeGreaterThan(0.005);
    expect(eer.mean).toBeLessThan(0.2);
    expect(eer.low).toBeLessThan(eer.mean);
    expect(eer.high).toBeGreaterThan(eer.mean);
    const rates = roc.map(({ trueMatchRate }) => trueMatchRate.mean);
    expect(rates.toSorted((x, y) => y - x)).toEqual(rates);
    expect(curve.at(-1)).toEqual({ falseMatchRate: 1, trueMatchRate: 1 });
    const genuine = counts.reduce((sum, count) => {
      const m = Math.min(8, count);
      return sum + (count > 1 ? (m * (m - 1)) / 2 : 0);
    }, 0);
    expect(verification?.genuinePairs).toBe(genuine);
  });

  test("counts of another set are refused, and too few identities have no pairs", async () => {
    const other = separate(store, { set, counts: [total - 1] });
    await expect(other).rejects.toMatchObject({ code: "dimension-mismatch" });
    const one = await separate(store, { set, counts: [total] });
    expect(one).toMatchObject({ between: null, verification: null });
  });
});

test("an equal error rate is where the two errors meet", () => {
  const [genuine, impostor] = [emptyHistogram(), emptyHistogram()];
  // Four of ten genuine pairs are below the eight of twenty impostors that are above them.
  genuine[40_000] = 4;
  genuine[50_000] = 6;
  impostor[30_000] = 12;
  impostor[45_000] = 8;
  expect(equalErrorRate({ genuine, impostor })).toBeCloseTo(0.4, 12);
  expect(lowerEdge(40_000)).toBeLessThan(lowerEdge(45_000));
});
