import {
  CreatePackingRequest,
  type PackingSliceRequest,
  type PackingSliceResponse,
  problemType,
} from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { metricsAt, useDependencies } from "../../test-dependencies.ts";
import { addGallery } from "../../test-sets.ts";
import { findReadySet } from "../sets/find.ts";
import { advancePacking } from "./advance.ts";
import { createPacking } from "./create.ts";
import { findPacking } from "./get.ts";

const REFUSED = "packings/pak_1/checkpoints/of-another-release";
let asked: PackingSliceRequest[] = [];
let answer: Partial<PackingSliceResponse> = {};
const gateway = useDependencies({
  async optimizer(request) {
    const slice = (await request.json()) as PackingSliceRequest;
    asked.push(slice);
    if (slice.checkpointKey === REFUSED) {
      const problem = { type: problemType("invalid-checkpoint"), detail: "of another solver" };
      return Response.json(problem, { status: 422 });
    }
    const rest = {
      resultKey: null,
      done: false,
      arithmetic: ["here"],
      seconds: 1,
      writeSeconds: 0,
    };
    const reports = { metrics: metricsAt(10), history: [metricsAt(5), metricsAt(10)] };
    return Response.json({ checkpointKey: slice.outputKey, ...rest, ...reports, ...answer });
  },
});
beforeEach(() => {
  asked = [];
  answer = {};
});
const never = new AbortController().signal;

async function newJob(request: object): Promise<JobRow> {
  const body = CreatePackingRequest.parse(request);
  const { id } = await createPacking(gateway.deps, body, undefined);
  const [job] = await gateway.deps.db.select().from(jobs).where(eq(jobs.resourceId, id));
  return job as JobRow;
}

test("the sets that it names are given as the objects they are stored as", async () => {
  const { deps } = gateway;
  const [near, start, real] = [
    await addGallery(deps),
    await addGallery(deps),
    await addGallery(deps),
  ];
  const repel = { set: real, minimumDistance: 0.5 };
  const job = await newJob({ count: 2, near, start, repel });
  await advancePacking(deps, job, never);
  const keyOf = async (id: string) => (await findReadySet(deps, id)).objectKey;
  expect(asked).toMatchObject([
    {
      near: await keyOf(near),
      start: await keyOf(start),
      repel: await keyOf(real),
      checkpointKey: null,
      reportAfter: -1,
    },
  ]);
  expect(asked[0]).not.toHaveProperty("extends");
});

test("a slice goes on from the last one's checkpoint, under keys of its own, and tells what is new", async () => {
  const { deps } = gateway;
  const job = await newJob({ count: 2, alpha: 0 });
  const first = await advancePacking(deps, job, never);
  expect(first).toMatchObject({ completed: 10, done: false, event: { metrics: metricsAt(10) } });
  expect(first.needs).toEqual([asked[0]?.outputKey]);
  await advancePacking(deps, { ...job, state: first.state, version: 1 }, never);
  expect(asked[1]).toMatchObject({ checkpointKey: asked[0]?.outputKey, reportAfter: 10 });
  const keys = asked.flatMap(({ outputKey, resultKey }) => [outputKey, resultKey]);
  expect(new Set(keys).size).toBe(4);
});

test("a step of another arithmetic is told, but of the first slice's there is none other", async () => {
  const { deps } = gateway;
  const job = await newJob({ count: 2, alpha: 0 });
  const first = await advancePacking(deps, job, never);
  expect(first.event).not.toHaveProperty("arithmetic");
  await first.record?.(deps.db);
  answer = { arithmetic: ["here", "there"] };
  const second = await advancePacking(deps, { ...job, state: first.state }, never);
  expect(second.event).toMatchObject({ arithmetic: ["here", "there"] });
  await second.record?.(deps.db);
  const { arithmetic, metrics } = await findPacking(deps, job.resourceId);
  expect({ arithmetic, metrics }).toEqual({
    arithmetic: ["here", "there"],
    metrics: metricsAt(10),
  });
});

test("the last slice's set is the packing's, and all of its steps are done, wherever it ended", async () => {
  const { deps } = gateway;
  const job = await newJob({ count: 2, alpha: 0, iterations: 400 });
  answer = { done: true, metrics: metricsAt(320) };
  const slice = await advancePacking(deps, job, never);
  expect(slice).toMatchObject({ completed: 400, done: true, objectKey: asked[0]?.resultKey });
});

test("of a budget the seconds that are used are done", async () => {
  const job = await newJob({ count: 2, alpha: 0, budgetSeconds: 60 });
  answer = { metrics: { ...metricsAt(320), secondsLeft: 41.5 } };
  expect(await advancePacking(gateway.deps, job, never)).toMatchObject({ completed: 18 });
  answer = { done: true, metrics: { ...metricsAt(700), secondsLeft: 0 } };
  expect(await advancePacking(gateway.deps, job, never)).toMatchObject({ completed: 60 });
});

test("a slice is the longer the longer its checkpoint takes to write, within bounds", async () => {
  const { deps } = gateway;
  let job = await newJob({ count: 2, alpha: 0 });
  for (const writeSeconds of [0.01, 0.5, 100, 0]) {
    answer = { writeSeconds };
    job = { ...job, state: (await advancePacking(deps, job, never)).state };
  }
  expect(asked.map(({ budgetSeconds }) => budgetSeconds)).toEqual([1, 1, 8, 30]);
});

test("a checkpoint that another release's solver wrote is begun anew instead, a few times at most", async () => {
  const job = await newJob({ count: 2, alpha: 0 });
  let state: JobRow["state"] = { checkpoint: REFUSED, reportAfter: 5 };
  for (let beginning = 2; beginning <= 4; beginning++) {
    const slice = await advancePacking(gateway.deps, { ...job, state }, never);
    expect(asked.at(-1)).toMatchObject({ checkpointKey: null, reportAfter: -1 });
    state = { ...slice.state, checkpoint: REFUSED };
  }
  await expect(advancePacking(gateway.deps, { ...job, state }, never)).rejects.toMatchObject({
    code: "invalid-checkpoint",
  });
});
