import { CreateDatasetRequest } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { recordSlice } from "../../jobs/record.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { takeDue } from "../../test-jobs.ts";
import { type Behaviour, faceOf, testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { advanceDataset } from "./advance.ts";
import { getDatasetCertificate } from "./certificate.ts";
import { createDataset } from "./create.ts";
import { findFigures } from "./figures.ts";
import { listDatasetFiles } from "./files.ts";
import { findDataset } from "./get.ts";

let separations = 0;
const behaviour: Behaviour = {};
const gateway = useDependencies({
  ...testServices(behaviour),
  async optimizer() {
    separations += 1;
    return Response.json({ between: null, within: null, verification: null });
  },
});
const never = new AbortController().signal;

async function make(request: object) {
  const { deps } = gateway;
  const { id } = await createDataset(deps, CreateDatasetRequest.parse(request), undefined);
  while ((await findDataset(deps, id)).status === "pending") {
    const job = await takeDue(deps, "me");
    await recordSlice(deps.db, job, await advanceDataset(deps, job, never));
  }
  return findDataset(deps, id);
}

test("figures are computed once, whoever asks, and are no client's file", async () => {
  const { deps } = gateway;
  const packingId = await addPacking(deps, { embeddings: axes(4) });
  const dataset = await make({ packingId, imagesPerIdentity: 2 });
  const { id } = dataset;
  const both = await Promise.all([findFigures(deps, dataset), findFigures(deps, dataset)]);
  const computed = separations;
  const [first] = both;
  expect(first?.counts).toEqual([2, 2, 2, 2]);
  // Nothing is drawn where nothing was asked for.
  expect(first?.drawn).toMatchObject({ cosine: { mean: 1, smallest: 1, largest: 1 }, farthest: 0 });
  expect(first?.images.similarity).toMatchObject({ mean: 1, smallest: 1 });
  expect(both[1]).toEqual(first);
  expect(await findFigures(deps, dataset)).toEqual(first);
  expect(separations).toBe(computed);
  const { data } = await listDatasetFiles(deps, id, { limit: 100 });
  expect(data.filter(({ name }) => name.includes("figures"))).toEqual([]);
});

test("how far references were drawn is counted by identities, of those that have an image", async () => {
  const { deps } = gateway;
  // The generator draws every embedding to the first axis; identity 2 is never found.
  const rows = [0.6, 0.8, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.8, 0.6, 0, 0];
  const packingId = await addPacking(deps, { embeddings: Float32Array.from(rows) });
  behaviour.look = ({ identity, sample, embedding }) =>
    identity === 2 || (identity === 3 && sample % 2 ** 20 > 0) ? [] : [faceOf(embedding)];
  const asked = { draw: 0.5, imagesPerIdentity: 3, maxAttempts: 1 };
  const some = { packingId, identities: { from: 1, to: 4 }, ...asked };
  const { certificate } = await getDatasetCertificate(deps, (await make(some)).id);
  expect(certificate.drawn).toMatchObject({
    ...{ draw: 0.5, farthest: 1 },
    cosine: { mean: expect.closeTo((0 + 0.8) / 2, 6), largest: expect.closeTo(0.8, 6) },
  });
  behaviour.look = () => [];
  const none = await getDatasetCertificate(deps, (await make(some)).id);
  expect(none.certificate.drawn).toEqual({ draw: 0.5, cosine: null, farthest: null });
  delete behaviour.look;
});
