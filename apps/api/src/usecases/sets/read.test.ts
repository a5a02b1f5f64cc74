import { expect, test } from "vitest";
import { DIMENSION, useDependencies } from "../../test-dependencies.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { findReadySet } from "./find.ts";
import { readRows, readSet } from "./read.ts";

const gateway = useDependencies();

test("some rows of a tensor are those rows of the whole", async () => {
  const { deps } = gateway;
  const rows = Float32Array.from({ length: 5 * DIMENSION }, (_, k) => Math.sin(k + 1));
  const nearest = { index: Int32Array.of(4, 3, 2, 1, 0), cosine: Float32Array.of(1, 2, 3, 4, 5) };
  const id = await addPacking(deps, { embeddings: rows, nearest });
  const { set, embeddings } = await readSet(deps, id);
  const some = { start: 1, count: 3 };
  expect(await readRows(deps, set, "embeddings", some)).toEqual(
    embeddings.slice(DIMENSION, 4 * DIMENSION),
  );
  expect(await readRows(deps, set, "nearestIndex", some)).toEqual(Int32Array.of(3, 2, 1));
  expect(await readRows(deps, set, "nearestCosine", some)).toEqual(Float32Array.of(2, 3, 4));
});

test("a set without a tensor, or shorter than its row says, is damaged", async () => {
  const { deps } = gateway;
  const set = await findReadySet(deps, await addPacking(deps));
  const damaged = { code: "damaged-object", message: expect.stringContaining(set.id) };
  const all = { start: 0, count: 2 };
  await expect(readRows(deps, set, "repelledIndex", all)).rejects.toMatchObject(damaged);
  const more = { start: 0, count: 3 };
  await expect(readRows(deps, set, "nearestCosine", more)).rejects.toMatchObject(damaged);
});

test("rows that are not of unit length are not handed on", async () => {
  const { deps } = gateway;
  const set = await findReadySet(deps, await addPacking(deps, { embeddings: axes(3) }));
  const file = Buffer.from(await deps.store.get(set.objectKey));
  // One row of the three becomes twice as long: 1 to 2 in its only number that is not 0.
  file.writeFloatLE(2, file.indexOf(Buffer.from(new Float32Array([0, 1, 0, 0]).buffer)) + 4);
  await deps.store.put(`${set.objectKey}-long`, file);
  const long = { ...set, objectKey: `${set.objectKey}-long` };
  const reading = (start: number) => readRows(deps, long, "embeddings", { start, count: 1 });
  expect(await reading(0)).toEqual(axes(1));
  await expect(reading(1)).rejects.toMatchObject({ code: "damaged-object" });
});
