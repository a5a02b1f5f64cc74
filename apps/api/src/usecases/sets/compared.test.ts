import type { NearestRequest } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows, rowOf } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { createOptimizerClient } from "../../clients/optimizer.ts";
import { createServiceClient } from "../../clients/service.ts";
import { DIMENSION, useDependencies } from "../../test-dependencies.ts";
import { answerWith, receivedBy, testServices } from "../../test-services.ts";
import { addPacking } from "../../test-sets.ts";
import { heldSet, openComparedSet } from "./compared.ts";
import { findReadySet } from "./find.ts";

const COUNT = 12;
const gateway = useDependencies(testServices());
const rows = (purpose: string, count: number) =>
  normaliseRows(randomStream(1, purpose).gaussian(count * DIMENSION), DIMENSION);
const embeddings = rows("set", COUNT);
const some = rows("queries", 3);
const queries = [0, 1, 2].map((k) => rowOf(some, DIMENSION, k));

test("a large set is compared by the solver, which is told its key, and read a vector at a time", async () => {
  const { deps } = gateway;
  const packingId = await addPacking(deps, { embeddings });
  const set = await findReadySet(deps, packingId);
  const held = await openComparedSet(deps, set);
  const asked: NearestRequest[] = [];
  const optimizer = createOptimizerClient(
    createServiceClient({
      ...{ name: "optimizer-svc", url: "http://optimizer", timeoutSeconds: 10 },
      async fetch(request) {
        const body = (await receivedBy(request)) as NearestRequest;
        asked.push(body);
        return answerWith({ nearest: await held.nearest(body.queries, body.own) });
      },
    }),
  );
  const stored = await openComparedSet({ ...deps, optimizer }, set, COUNT - 1);
  expect(await stored.vectors([3, 0, 3])).toEqual(await held.vectors([3, 0, 3]));
  expect(await stored.nearest(queries, [0, 1, 2])).toEqual(await held.nearest(queries, [0, 1, 2]));
  expect(await stored.nearest(queries)).toEqual(await held.nearest(queries));
  expect(await stored.nearest([])).toEqual([]);
  expect(asked).toEqual([
    { set: set.objectKey, queries, own: [0, 1, 2] },
    { set: set.objectKey, queries },
  ]);
});

test("of equal ones the first is the nearest, and a set of one has none beside it", async () => {
  const twins = new Float32Array(3 * DIMENSION);
  for (const row of [0, 1, 2]) twins[row * DIMENSION + Math.min(row, 1)] = 1;
  const set = heldSet(twins, DIMENSION);
  const second = rowOf(twins, DIMENSION, 1);
  expect(await set.nearest([second, second], [0, 1])).toEqual([
    { index: 1, cosine: 1 },
    { index: 2, cosine: 1 },
  ]);
  expect(await heldSet(twins.subarray(0, DIMENSION), DIMENSION).nearest([second], [0])).toEqual([
    null,
  ]);
});
