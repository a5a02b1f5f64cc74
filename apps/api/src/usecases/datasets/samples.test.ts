import { CreateDatasetRequest, DatasetSpec } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { DIMENSION, useDependencies } from "../../test-dependencies.ts";
import { type Behaviour, faceOf, type Picture, testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { openRecipe } from "./recipe.ts";
import { makeSamples, samplesFrom } from "./samples.ts";

const STRIDE = 2 ** 20;
const behaviour: Behaviour = {};
const gateway = useDependencies(testServices(behaviour));

const specOf = (request: object) => {
  const {
    name: _,
    packingId: __,
    dryRun: ___,
    ...recipe
  } = CreateDatasetRequest.parse({
    packingId: "pak_1",
    ...request,
  });
  return DatasetSpec.parse({ ...recipe, size: 112, identities: { from: 1, to: 3 } });
};

/** Outcomes of all samples of identities 1 and 2 of a packing of the axes, two images each. */
async function make(request: object, look?: (picture: Picture) => ReturnType<typeof faceOf>[]) {
  const { deps } = gateway;
  if (look) behaviour.look = look;
  else delete behaviour.look;
  const packingId = await addPacking(deps, { embeddings: axes(4) });
  const spec = specOf({ imagesPerIdentity: 2, ...request });
  const recipe = await openRecipe(deps, { packingId, spec });
  return makeSamples(deps, recipe, samplesFrom(spec, 0, 4));
}
const rowsOf = (outcomes: Awaited<ReturnType<typeof make>>) =>
  outcomes.map((outcome) => ("image" in outcome ? outcome.image.row : outcome.missing));

/** Unit embedding at cosine c with axis i, and the rest along axis j. */
const between = (c: number, i: number, j: number) =>
  Array.from({ length: DIMENSION }, (_, k) => (k === i ? c : k === j ? Math.sqrt(1 - c * c) : 0));

test("samples are counted identity by identity", () => {
  const spec = specOf({ imagesPerIdentity: 3 });
  expect(samplesFrom(spec, 2, 3)).toEqual([
    { identity: 1, sample: 2 },
    { identity: 2, sample: 0 },
    { identity: 2, sample: 1 },
  ]);
});

test("a row says how near an image is to its identity, and to the nearest other", async () => {
  const look = ({ identity }: Picture) => [faceOf(between(0.8, identity, 0))];
  const [first, , third] = rowsOf(await make({}, look));
  expect(first).toMatchObject({ key: "0000001-00000", identity: 1, label: 0, nearestOther: 0 });
  expect(third).toMatchObject({ key: "0000002-00000", identity: 2, label: 1, attempts: 1 });
  expect(first).toHaveProperty("similarity", expect.closeTo(0.8, 6));
  expect(first).toHaveProperty("nearestOtherSimilarity", expect.closeTo(0.6, 6));
});

test("an image that does not pass is drawn again far from all other samples, until one does", async () => {
  const look = ({ identity, sample, embedding }: Picture) => {
    const attempt = Math.floor(sample / STRIDE);
    if (attempt < identity - 1) return [];
    return [faceOf(attempt < identity ? between(0.3, identity, 0) : embedding)];
  };
  const rows = rowsOf(await make({ filters: { minSimilarity: 0.5 } }, look));
  expect(rows).toMatchObject([
    { identity: 1, sample: 0, drawn: STRIDE, attempts: 2 },
    { identity: 1, sample: 1, drawn: 1 + STRIDE, attempts: 2 },
    { identity: 2, sample: 0, drawn: 2 * STRIDE, attempts: 3 },
    { identity: 2, sample: 1, drawn: 1 + 2 * STRIDE, attempts: 3 },
  ]);
});

test("each attempt has a place of its own on an axis that has a deviation", async () => {
  const places = new Map<string, number>();
  const look = ({ identity, sample, yaw, embedding }: Picture) => {
    places.set(`${identity}-${sample}`, yaw as number);
    return (yaw as number) > 0 ? [faceOf(embedding)] : [];
  };
  await make({ deviation: { yaw: 1 }, maxAttempts: 16 }, look);
  expect(new Set(places.values()).size).toBe(places.size);
  expect(Math.min(...places.values())).toBeLessThan(0);
  expect([...places.values()].filter((yaw) => yaw > 0)).toHaveLength(4);
});

test("a sample that never passes is missing, with a reason an attempt", async () => {
  const look = ({ sample }: Picture) =>
    sample < STRIDE ? [] : [faceOf(between(0.25, sample % 2 === 0 ? 1 : 3, 0))];
  const [missing] = await make({ maxAttempts: 2, filters: { minSimilarity: 0.5 } }, look);
  expect(missing).toEqual({
    missing: {
      identity: 1,
      sample: 0,
      reasons: ["no face found", "similarity 0.250 is below 0.5"],
    },
  });
});

test.each([
  [{ filters: { maxOtherSimilarity: 0.5 } }, "similarity to another identity 0.600 is above 0.5"],
  [{ filters: { minDetectionScore: 0.95 } }, "detection score 0.900 is below 0.95"],
])("%j refuses, and says by how much", async (request, reason) => {
  const look = ({ identity }: Picture) => [faceOf(between(0.8, identity, 0))];
  const [first] = rowsOf(await make({ maxAttempts: 1, ...request }, look));
  expect(first).toMatchObject({ reasons: [reason] });
});

test("images too like a vector of the leakage gate's set are refused by its limit alone", async () => {
  const { deps } = gateway;
  const setId = await addPacking(deps, { embeddings: axes(2) });
  const look = ({ identity }: Picture) => [faceOf(between(0.8, identity, 0))];
  const within = (maxSimilarity: number) =>
    make({ maxAttempts: 1, leakage: { setId, maxSimilarity } }, look);
  const strict = rowsOf(await within(0.7));
  expect(strict[0]).toMatchObject({
    reasons: ["similarity to the set of leakage 0.800 is above 0.7"],
  });
  expect(strict[2]).toMatchObject({ forbiddenNearest: 0 });
  expect(rowsOf(await within(0.85))[0]).toMatchObject({ forbiddenNearest: 1 });
});
