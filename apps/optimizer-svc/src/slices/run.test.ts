import { type HyperFaceError, PackingSpec } from "@hyperface/contracts";
import { encodeNpy } from "@hyperface/formats";
import { normaliseRows, randomStream } from "@hyperface/hypersphere";
import { describe, expect, test } from "vitest";
import { runSlice, type SliceInput } from "./run.ts";
import { createSliceThreads } from "./threads.ts";

const dimension = 16;
const vectors = (count: number, seed: number) =>
  normaliseRows(randomStream(seed, "test").gaussian(count * dimension), dimension);
const gallery = encodeNpy({ data: vectors(50, 1), shape: [50, dimension] });
const slice = (spec: object, rest: Partial<SliceInput> = {}): SliceInput => ({
  spec: PackingSpec.parse({ count: 30, dimension, iterations: 40, ...spec }),
  gallery,
  initial: null,
  frozen: null,
  repelled: null,
  checkpoint: null,
  budgetSeconds: 60,
  ...rest,
});
/** The shortest slice: one step. */
const STEP = 1e-9;

describe.each([
  { method: "fast" },
  { method: "paper" },
  { method: "paper", batch: 8, optimizer: "rmsprop" },
])("%o", (recipe) => {
  test("forty slices end in the bits of one", async () => {
    const whole = await runSlice(slice(recipe));
    let checkpoint: Uint8Array | null = null;
    let slices = 0;
    for (;;) {
      const part = await runSlice(slice(recipe, { checkpoint, budgetSeconds: STEP }));
      checkpoint = part.checkpoint;
      slices++;
      if (!part.result) continue;
      expect(Buffer.from(part.result).equals(whole.result as Uint8Array)).toBe(true);
      break;
    }
    expect(slices).toBeGreaterThanOrEqual(40);
  });
});

test("a packing extended slice by slice ends in the bits of one slice", async () => {
  const { result: frozen } = await runSlice(slice({}));
  const repelled = encodeNpy({ data: vectors(20, 4), shape: [20, dimension] });
  const more = { count: 45, frozen: 30, repel: { minimumDistance: 0.4 } };
  const whole = await runSlice(slice(more, { frozen, repelled }));
  let part = await runSlice(slice(more, { frozen, repelled, budgetSeconds: STEP }));
  while (!part.result) {
    const { checkpoint } = part;
    part = await runSlice(slice(more, { frozen, repelled, checkpoint, budgetSeconds: STEP }));
  }
  expect(Buffer.from(part.result).equals(whole.result as Uint8Array)).toBe(true);
});

test("a thread gives what this one gives, bit for bit", async () => {
  const threads = createSliceThreads(1);
  const [there, here] = await Promise.all([threads.run(slice({})), runSlice(slice({}))]);
  await threads.close();
  expect(Buffer.from(there.result as Uint8Array).equals(here.result as Uint8Array)).toBe(true);
});

describe("is refused before any work", () => {
  const refusal = (input: SliceInput) =>
    runSlice(input).then(
      () => "nothing",
      (error: HyperFaceError) => error.code,
    );
  const npy = (data: Float32Array) =>
    encodeNpy({ data, shape: [data.length / dimension, dimension] });

  test("a gallery of another dimension", async () => {
    const other = encodeNpy({ data: vectors(8, 2), shape: [16, 8] });
    expect(await refusal(slice({}, { gallery: other }))).toBe("dimension-mismatch");
  });
  test("a gallery with NaN, or a zero vector", async () => {
    const broken = vectors(5, 3);
    broken[20] = Number.NaN;
    expect(await refusal(slice({}, { gallery: npy(broken) }))).toBe("invalid-vector");
    expect(await refusal(slice({}, { gallery: npy(new Float32Array(32)) }))).toBe("invalid-vector");
  });
  test("an empty gallery, or none where alpha needs one", async () => {
    expect(await refusal(slice({}, { gallery: npy(new Float32Array(0)) }))).toBe("invalid-packing");
    expect(await refusal(slice({}, { gallery: null }))).toBe("invalid-packing");
  });
  test("frozen identities or a repelled set that are missing, or not as many as said", async () => {
    expect(await refusal(slice({ frozen: 3 }))).toBe("invalid-packing");
    expect(await refusal(slice({ repel: { minimumDistance: 0.5 } }))).toBe("invalid-packing");
    const { result } = await runSlice(slice({ iterations: 0 }));
    expect(await refusal(slice({ count: 60, frozen: 29 }, { frozen: result }))).toBe(
      "invalid-packing",
    );
    expect(await refusal(slice({ count: 60, frozen: 30 }, { frozen: gallery }))).toBe(
      "malformed-body",
    );
  });
  test("a truncated checkpoint, and one of another spec", async () => {
    const { checkpoint } = await runSlice(slice({}, { budgetSeconds: STEP }));
    const cut = checkpoint.subarray(0, checkpoint.length - 10);
    expect(await refusal(slice({}, { checkpoint: cut }))).toBe("invalid-checkpoint");
    expect(await refusal(slice({ seed: 1 }, { checkpoint }))).toBe("invalid-checkpoint");
    expect(await refusal(slice({}, { checkpoint }))).toBe("nothing");
  });
  test.each([
    [{ count: 1 }, "count"],
    [{ dimension: 1 }, "dimension"],
    [{ alpha: -1 }, "alpha"],
    [{ method: "paper", batch: 31 }, "batch"],
    [{ method: "paper", batch: 20_001, count: 20_002 }, "batch"],
    [{ method: "paper", batch: 20_000, count: 20_002 }, undefined],
    [{ count: 20_001 }, "count"],
    [{ count: 500_000, dimension: 512, method: "paper", batch: 1000 }, "count"],
    [{ seed: 0.5 }, "seed"],
    [{ frozen: 30 }, "frozen"],
    [{ frozen: 5, method: "paper" }, "frozen"],
    [{ repel: { minimumDistance: 0.5 }, method: "paper" }, "repel"],
    [{ initialise: "code" }, "initialise"],
    [{ initialise: "code", dimension: 8, count: 129 }, "count"],
  ])("%o", (spec, field) => {
    const parsed = PackingSpec.safeParse({ count: 30, dimension, ...spec });
    expect(parsed.error?.issues[0]?.path[0]).toBe(field);
  });
});
