import { type HyperFaceError, PackingSpec } from "@hyperface/contracts";
import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { decodeSet, encodeSet, normaliseRows } from "@hyperface/vectors";
import { describe, expect, test } from "vitest";
import { runSlice, type SliceInput } from "./run.ts";

const dimension = 16;
const vectors = (count: number, seed: number) =>
  normaliseRows(randomStream(seed, "test").gaussian(count * dimension), dimension);
const model = { name: "toy", sha256: "0".repeat(64) };
const encode = (embeddings: Float32Array, of: object = {}) =>
  encodeSet({ embeddings, dimension, model, maker: "test", ...of });
const near = encode(vectors(50, 1));
const slice = (
  spec: object,
  {
    sets = {},
    ...rest
  }: Partial<Omit<SliceInput, "sets"> & { sets: Partial<SliceInput["sets"]> }> = {},
): SliceInput => ({
  spec: PackingSpec.parse({ count: 30, dimension, iterations: 40, ...spec }),
  model,
  sets: { near, start: null, extends: null, repel: null, ...sets },
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
  { alpha: 0, start: "random", symmetry: { cyclic: 4 } },
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

test("a packing that moves to another arithmetic goes on, and says which it had", async () => {
  const first = await runSlice(slice({}, { budgetSeconds: STEP }));
  expect(first.arithmetic).toHaveLength(1);
  const { tensors, metadata } = decodeSafetensors(first.checkpoint);
  const state = { ...JSON.parse(metadata.state as string), arithmetic: ["elsewhere"] };
  const moved = { ...metadata, state: JSON.stringify(state) };
  const checkpoint = encodeSafetensors({ tensors, metadata: moved });
  const rest = await runSlice(slice({}, { checkpoint }));
  expect(rest.arithmetic).toEqual(["elsewhere", ...first.arithmetic]);
  const { maker } = decodeSet(rest.result as Uint8Array, "result");
  expect(maker).toMatchObject({ arithmetic: rest.arithmetic });
});

test("a packing extended slice by slice ends in the bits of one slice", async () => {
  const { result: extended } = await runSlice(slice({}));
  const sets = { extends: extended, repel: encode(vectors(20, 4)) };
  const more = { count: 45, frozen: 30, repel: { minimumDistance: 0.4 } };
  const whole = await runSlice(slice(more, { sets }));
  let part = await runSlice(slice(more, { sets, budgetSeconds: STEP }));
  while (!part.result) {
    const { checkpoint } = part;
    part = await runSlice(slice(more, { sets, checkpoint, budgetSeconds: STEP }));
  }
  expect(Buffer.from(part.result).equals(whole.result as Uint8Array)).toBe(true);
});

describe("is refused before any work", () => {
  const refusal = (input: SliceInput) =>
    runSlice(input).then(
      () => "nothing",
      (error: HyperFaceError) => error.code,
    );

  test("a set of another dimension, or of another model", async () => {
    const other = encode(vectors(8, 2), { dimension: 8 });
    expect(await refusal(slice({}, { sets: { near: other } }))).toBe("damaged-object");
    const short = normaliseRows(vectors(8, 2), 8);
    const set = encode(short, { dimension: 8 });
    expect(await refusal(slice({}, { sets: { near: set } }))).toBe("dimension-mismatch");
    const foreign = encode(vectors(8, 2), { model: { name: "other", sha256: "1".repeat(64) } });
    expect(await refusal(slice({}, { sets: { near: foreign } }))).toBe("model-mismatch");
  });
  test("a set with NaN, or a vector that is not of unit length", async () => {
    const broken = vectors(5, 3);
    broken[20] = Number.NaN;
    expect(await refusal(slice({}, { sets: { near: encode(broken) } }))).toBe("damaged-object");
    const zero = encode(new Float32Array(32));
    expect(await refusal(slice({}, { sets: { near: zero } }))).toBe("damaged-object");
  });
  test("an empty set, or none where alpha needs one", async () => {
    const empty = encode(new Float32Array(0));
    expect(await refusal(slice({}, { sets: { near: empty } }))).toBe("invalid-packing");
    expect(await refusal(slice({}, { sets: { near: null } }))).toBe("invalid-packing");
  });
  test("frozen identities or a repelled set that are missing, or not as many as said", async () => {
    expect(await refusal(slice({ frozen: 3 }))).toBe("invalid-packing");
    expect(await refusal(slice({ repel: { minimumDistance: 0.5 } }))).toBe("invalid-packing");
    const { result } = await runSlice(slice({ iterations: 0 }));
    const sets = { extends: result };
    expect(await refusal(slice({ count: 60, frozen: 29 }, { sets }))).toBe("invalid-packing");
    expect(await refusal(slice({ count: 60, frozen: 30 }, { sets }))).toBe("nothing");
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
    [{ start: "code", dimension: 20 }, "start"],
    [{ start: "code", dimension: 22, count: 892 }, "count"],
    [{ start: "code", count: 289 }, "count"],
    [{ start: "code", dimension: 8, count: 129 }, "count"],
  ])("%o", (spec, field) => {
    const parsed = PackingSpec.safeParse({ count: 30, dimension, ...spec });
    expect(parsed.error?.issues[0]?.path[0]).toBe(field);
  });
});
