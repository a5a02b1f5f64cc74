import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { MESSAGE, shuttingDown } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import { createFileStore } from "@hyperface/storage";
import { decodeSet, encodeSet, normaliseRows, rowOf } from "@hyperface/vectors";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOptimizerService, Environment } from "./index.ts";

const home = await mkdtemp(join(tmpdir(), "optimizer-"));
const store = createFileStore(join(home, "objects"));
const environment = readEnvironment(Environment, { HYPERFACE_HOME: home });
const logger = createLogger("test", "silent");
const { app, close } = await createOptimizerService({ environment, logger });
const server = getRequestListener(app.fetch);

const dimension = 16;
const model = { name: "toy", sha256: "0".repeat(64) };
const gallery = "galleries/gal_0/set";
const packing = "packings/pak_0";
const [checkpoint, result] = [`${packing}/checkpoint`, `${packing}/result`];
const slice = (over: object = {}) => ({
  spec: { count: 20, dimension, iterations: 30 },
  model,
  near: gallery,
  checkpointKey: null,
  outputKey: checkpoint,
  resultKey: result,
  budgetSeconds: 30,
  ...over,
});
const post = (body: object) => request(server).post("/v1/packing-slices").send(body);

beforeAll(async () => {
  const embeddings = normaliseRows(randomStream(1, "test").gaussian(40 * dimension), dimension);
  const set = encodeSet({ embeddings, dimension, model, maker: "test" });
  await store.put(gallery, set);
  await store.put(`${packing}/set`, set);
  await store.put("jobs/secret", set);
});
afterAll(async () => {
  await close();
  await rm(home, { recursive: true });
});

test("a slice goes from a checkpoint to the next, and the last one leaves the result", async () => {
  const first = await post(slice({ budgetSeconds: 1e-9 })).expect(200);
  expect(first.body).toMatchObject({ done: false, resultKey: null });
  expect(first.body.metrics).toMatchObject({ iteration: 1, iterations: 30 });
  expect(await store.exists(result)).toBe(false);
  const reportAfter = first.body.history.at(-1).iteration;
  const last = await post(slice({ checkpointKey: checkpoint, reportAfter })).expect(200);
  expect(last.body).toMatchObject({ done: true, resultKey: result });
  expect(last.body.history[0].iteration).toBe(reportAfter + 1);

  const { embeddings, nearest } = decodeSet(await store.get(result), "the result");
  expect(embeddings).toHaveLength(20 * dimension);
  expect(Math.max(...(nearest?.cosine ?? []))).toBeCloseTo(last.body.metrics.maxCosine, 5);
  const indices = [...(nearest?.index ?? [])];
  expect(indices).toHaveLength(20);
  expect(indices.every((j, i) => j >= 0 && j !== i)).toBe(true);
});

test("the server answers while a slice runs", async () => {
  const long = slice({
    spec: { count: 400, dimension, iterations: 100_000 },
    outputKey: `${packing}/long`,
    budgetSeconds: 2,
  });
  let running = true;
  const slow = post(long).then(({ body }) => {
    running = false;
    return body;
  });
  await new Promise((done) => setTimeout(done, 500));
  await request(server).get("/health/live").expect(200);
  expect(running).toBe(true);
  expect((await slow).done).toBe(false);
});

test("a slice that ends with its server says so, and writes nothing: its caller may go on elsewhere", async () => {
  const outputKey = `${packing}/ended`;
  const long = slice({ spec: { count: 400, dimension, iterations: 100_000 }, outputKey });
  const closing = new AbortController();
  const body = JSON.stringify(long);
  const headers = { "content-type": "application/json" };
  const answer = app.request(
    "/v1/packing-slices",
    { method: "POST", headers, body },
    { closing: closing.signal },
  );
  setTimeout(() => closing.abort(shuttingDown()), 300);
  expect((await answer).status).toBe(503);
  expect(await store.exists(outputKey)).toBe(false);
});

describe("a bad slice is refused and leaves the last checkpoint", () => {
  test.each([
    ["a gallery that is not there", { near: "galleries/gal_1/set" }, 500, "missing-object"],
    ["alpha below 0", { spec: { count: 20, dimension, alpha: -1 } }, 400, "invalid-request"],
    [
      "another dimension than the gallery's",
      { spec: { count: 20, dimension: 8 } },
      422,
      "dimension-mismatch",
    ],
    [
      "another spec than the checkpoint's",
      { spec: { count: 21, dimension }, checkpointKey: checkpoint },
      422,
      "invalid-checkpoint",
    ],
    [
      "a file that is no checkpoint",
      { checkpointKey: `${packing}/set` },
      422,
      "invalid-checkpoint",
    ],
  ])("%s", async (_, over, status, code) => {
    const before = await store.get(checkpoint);
    const { body } = await post(slice(over));
    expect(body).toMatchObject({ status, type: `urn:hyperface:problem:${code}` });
    expect(Buffer.from(await store.get(checkpoint)).equals(before)).toBe(true);
  });
});

describe("no object is read or written but the gateway's own", () => {
  const KEYS = [
    "gallery",
    "../secret",
    "jobs/secret",
    "galleries/gal_0",
    "galleries/gal_0/../../x",
  ];
  const refused = (answer: request.Response, pointer: string) => {
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors).toEqual([
      { pointer, detail: expect.stringContaining("must be the gateway's key of") },
    ]);
  };
  test.each(["near", "start", "extends", "repel", "checkpointKey", "outputKey", "resultKey"])(
    "%s of a slice",
    async (field) => {
      for (const key of KEYS) refused(await post(slice({ [field]: key })), `/${field}`);
    },
  );

  test.each(["checkpointKey", "outputKey", "resultKey"])("%s is of a packing", async (field) => {
    refused(await post(slice({ [field]: gallery })), `/${field}`);
  });

  test("the set whose neighbours are sought", async () => {
    const seek = (set: string) =>
      request(server)
        .post("/v1/neighbours")
        .type(MESSAGE)
        .send(Buffer.from(encodeMessage({ set })));
    for (const key of KEYS) refused(await seek(key), "/set");
    expect((await seek(gallery)).status).toBe(200);
  });

  test("the set in which the nearest are sought", async () => {
    const { embeddings, dimension } = decodeSet(await store.get(gallery), "the gallery");
    const queries = [0, 1].map((row) => rowOf(embeddings, dimension, row));
    const ask = (body: object) =>
      request(server)
        .post("/v1/nearest")
        .type(MESSAGE)
        .send(Buffer.from(encodeMessage(body)));
    for (const set of KEYS) refused(await ask({ set, queries }), "/set");
    const { body } = await ask({ set: gallery, queries }).responseType("blob");
    expect(decodeMessage(body).nearest).toEqual(
      [0, 1].map((index) => ({ index, cosine: expect.closeTo(1, 6) })),
    );
    const { text } = await ask({ set: gallery, queries, own: [0] });
    expect(JSON.parse(text).errors).toEqual([
      { pointer: "/own", detail: "must be as many as there are queries" },
    ]);
  });
});
