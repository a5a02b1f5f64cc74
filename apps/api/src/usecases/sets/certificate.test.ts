import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { galleries } from "../../db/schema.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { answerWith, receivedBy } from "../../test-services.ts";
import { addGallery, addPacking, axes } from "../../test-sets.ts";
import { getCertificate } from "./certificate.ts";
import { findReadySet } from "./find.ts";

const asked: unknown[] = [];
const gateway = useDependencies({
  async optimizer(request) {
    asked.push(await receivedBy(request));
    const nearest = { index: Int32Array.of(1, 0, 1), cosine: Float32Array.of(0.5, 0.5, -0.25) };
    return answerWith(nearest);
  },
});

test("a packing's certificate is of the neighbours it is stored with", async () => {
  const { deps } = gateway;
  const nearest = { index: Int32Array.of(1, 2, 1), cosine: Float32Array.of(0.125, 0.25, 0.25) };
  const id = await addPacking(deps, { embeddings: axes(3), nearest });
  expect(await getCertificate(deps, id, "packing")).toMatchObject({
    set: id,
    count: 3,
    maxCosine: 0.25,
    pair: [1, 2],
    repelled: null,
  });
  expect(asked).toEqual([]);
});

test("a gallery's neighbours are sought, in the object that it is stored as", async () => {
  const { deps } = gateway;
  const id = await addGallery(deps, { embeddings: axes(3) });
  expect(await getCertificate(deps, id, "gallery")).toMatchObject({ maxCosine: 0.5, pair: [0, 1] });
  const { objectKey } = await findReadySet(deps, id);
  expect(asked).toEqual([{ set: objectKey }]);
});

test("one vector has none, and too many are not sought while a client waits", async () => {
  const { deps } = gateway;
  const one = await addGallery(deps, { embeddings: axes(1) });
  await expect(getCertificate(deps, one, "gallery")).rejects.toMatchObject({
    code: "invalid-vector",
  });
  const large = await addGallery(deps);
  await deps.db.update(galleries).set({ count: 20_001 }).where(eq(galleries.id, large));
  await expect(getCertificate(deps, large, "gallery")).rejects.toMatchObject({
    code: "set-too-large",
    message: expect.stringContaining("20001"),
  });
});

test("those nearer than they were to keep to what repels them are listed, the nearest first", async () => {
  const { deps } = gateway;
  const repelled = { index: Int32Array.of(7, 8, 9), cosine: Float32Array.of(0.75, 0.25, 0.875) };
  const id = await addPacking(deps, {
    embeddings: axes(3),
    repelled,
    spec: { repel: { minimumDistance: 0.5 } },
    sources: { repel: "gal_real" },
  });
  expect((await getCertificate(deps, id, "packing")).repelled).toEqual({
    set: "gal_real",
    minimumDistance: 0.5,
    smallestDistance: 0.125,
    violations: 2,
    nearest: [
      { identity: 2, index: 9, distance: 0.125 },
      { identity: 0, index: 7, distance: 0.25 },
    ],
  });
});
