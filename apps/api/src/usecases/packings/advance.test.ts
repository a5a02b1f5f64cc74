import { CreatePackingRequest, type PackingSliceRequest } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { claimJob } from "../../jobs/claim.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { advanceJob } from "../../jobs/worker.ts";
import { metricsAt, openTestDependencies } from "../../test-dependencies.ts";
import { createPacking } from "./create.ts";

test("a slice is the longer the longer its checkpoint takes to write, within bounds", async () => {
  const budgets: number[] = [];
  const writeSeconds = [0.01, 0.5, 100];
  const { deps, close } = await openTestDependencies("embedded", {
    async optimizer(request) {
      const slice = (await request.json()) as PackingSliceRequest;
      budgets.push(slice.budgetSeconds);
      const metrics = metricsAt(budgets.length);
      return Response.json({
        ...{ checkpointKey: slice.outputKey, resultKey: null, done: false },
        ...{ metrics, history: [metrics], arithmetic: [], seconds: 1 },
        writeSeconds: writeSeconds[budgets.length - 1] ?? 0,
      });
    },
  });
  try {
    await createPacking(deps, CreatePackingRequest.parse({ count: 2, alpha: 0 }), undefined);
    for (let slice = 0; slice < 4; slice++) {
      const job = (await claimJob(deps.db, "worker")) as JobRow;
      await advanceJob(deps, job, new AbortController().signal);
    }
    expect(budgets).toEqual([1, 1, 8, 30]);
  } finally {
    await close();
  }
});
