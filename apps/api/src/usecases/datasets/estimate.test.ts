import { CreateDatasetRequest } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { faceOf, type Picture, testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { estimateDataset } from "./estimate.ts";

/** Every fourth sample shows no face, whatever the attempt. */
const look = ({ sample, embedding }: Picture) =>
  sample % 2 ** 20 === 3 ? [] : [faceOf(embedding)];
const gateway = useDependencies(testServices({ look }));
const never = new AbortController().signal;

async function estimate(request: object) {
  const packingId = await addPacking(gateway.deps, { embeddings: axes(4) });
  const body = { packingId, imagesPerIdentity: 4, maxAttempts: 2, ...request };
  return estimateDataset(gateway.deps, CreateDatasetRequest.parse(body), never);
}

test("its numbers are those of the first images, for all that are asked for", async () => {
  const small = await estimate({ imagesPerIdentity: 4 });
  expect(small).toMatchObject({ identities: 4, images: 16, measuredImages: 16 });
  expect(small.missingShare).toBe(0.25);
  expect(small.seconds).toBeCloseTo(small.images / small.imagesPerSecond, 9);

  const large = await estimate({ imagesPerIdentity: 40, identities: { from: 0, to: 2 } });
  expect(large).toMatchObject({ identities: 2, images: 80, measuredImages: 24 });
  // Of 24 images of one identity one shows no face.
  expect(large.missingShare).toBeCloseTo(1 / 24, 9);
  expect(large.bytes).toBeGreaterThan(small.bytes);
});

test("every format has its share, and nothing is kept", async () => {
  const { deps } = gateway;
  const before = await deps.store.list("");
  const one = await estimate({ formats: ["folder"] });
  const two = await estimate({ formats: ["folder", "webdataset"] });
  expect(two.bytes).toBe(one.bytes);
  expect(one.storedBytes).toBeGreaterThan(2 * one.bytes);
  expect(two.storedBytes).toBeGreaterThan(one.storedBytes + one.bytes);
  const added = (await deps.store.list("")).filter((key) => !before.includes(key));
  expect(added.filter((key) => key.startsWith("datasets/"))).toEqual([]);
});

test("what cannot be made is refused as it would be", async () => {
  await expect(estimate({ identities: { from: 2, to: 9 } })).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(estimate({ deviation: { light: 1 } })).rejects.toMatchObject({
    code: "unsupported-condition",
  });
});
