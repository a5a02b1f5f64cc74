import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { GENERATOR, testServices } from "../../test-services.ts";
import { addPacking, axes, OTHER_MODEL } from "../../test-sets.ts";
import { getIdentity } from "./get.ts";

const gateway = useDependencies(testServices());
const nearest = { index: Int32Array.of(2, 0, 1), cosine: Float32Array.of(0.25, 0.5, 0.75) };

test("an identity is its reference and its nearest other", async () => {
  const { deps } = gateway;
  const id = await addPacking(deps, { embeddings: axes(3), nearest });
  expect(await getIdentity(deps, id, 1, { generator: "default" })).toMatchObject({
    index: 1,
    packingId: id,
    reference: [0, 1, 0, 0],
    nearest: { index: 0, cosine: 0.5, distance: 0.5 },
    drawn: null,
  });
  await expect(getIdentity(deps, id, 3, { generator: "default" })).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("it has 0 to 2"),
  });
});

test("how far drawing moves it is the cosine with what it becomes", async () => {
  const { deps } = gateway;
  const id = await addPacking(deps, { embeddings: Float32Array.of(0.6, 0.8, 0, 0, 0, 0, 0, 1) });
  const { drawn } = await getIdentity(deps, id, 0, { generator: "default", draw: 0.5 });
  const { name, sha256 } = GENERATOR;
  expect(drawn).toMatchObject({ generator: { name, sha256 }, draw: 0.5, embedding: [1, 0, 0, 0] });
  expect(drawn?.cosine).toBeCloseTo(0.6, 6);
});

test("a generator of another embedder draws none of it", async () => {
  const { deps } = gateway;
  const id = await addPacking(deps, { model: OTHER_MODEL });
  const asked = { generator: "default", draw: 0.5 };
  await expect(getIdentity(deps, id, 0, asked)).rejects.toMatchObject({ code: "model-mismatch" });
});
