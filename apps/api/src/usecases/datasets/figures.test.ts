import { CreateDatasetRequest } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { recordSlice } from "../../jobs/record.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { takeDue } from "../../test-jobs.ts";
import { testServices } from "../../test-services.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { advanceDataset } from "./advance.ts";
import { createDataset } from "./create.ts";
import { findFigures } from "./figures.ts";
import { listDatasetFiles } from "./files.ts";
import { findDataset } from "./get.ts";

let separations = 0;
const gateway = useDependencies({
  ...testServices(),
  async optimizer() {
    separations += 1;
    return Response.json({ between: null, within: null, verification: null });
  },
});
const never = new AbortController().signal;

test("figures are computed once, whoever asks, and are no client's file", async () => {
  const { deps } = gateway;
  const packingId = await addPacking(deps, { embeddings: axes(4) });
  const body = CreateDatasetRequest.parse({ packingId, imagesPerIdentity: 2 });
  const { id } = await createDataset(deps, body, undefined);
  while ((await findDataset(deps, id)).status === "pending") {
    const job = await takeDue(deps, "me");
    await recordSlice(deps.db, job, await advanceDataset(deps, job, never));
  }
  const dataset = await findDataset(deps, id);
  const both = await Promise.all([findFigures(deps, dataset), findFigures(deps, dataset)]);
  const computed = separations;
  const [first] = both;
  expect(first?.counts).toEqual([2, 2, 2, 2]);
  expect(first?.images.similarity).toMatchObject({ mean: 1, smallest: 1 });
  expect(both[1]).toEqual(first);
  expect(await findFigures(deps, dataset)).toEqual(first);
  expect(separations).toBe(computed);
  const { data } = await listDatasetFiles(deps, id, { limit: 100 });
  expect(data.filter(({ name }) => name.includes("figures"))).toEqual([]);
});
