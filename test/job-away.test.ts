import { createServer, type Server } from "node:http";
import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import type { JobEvent } from "@hyperface/sdk";
import { openStore } from "@hyperface/storage";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "./ports.ts";
import { type System, startService, temporaryHome } from "./servers.ts";

/** The gateway's jobs when its optimizer is away, hangs or refuses. */
let place: Awaited<ReturnType<typeof temporaryHome>>;
let embed: System;
let api: System;
let port: number;
let galleryId: string;
const leave: (() => Promise<unknown>)[] = [];
const startOptimizer = async () => {
  const optimizer = await startService("optimizer-svc", place.home, { PORT: String(port) });
  leave.push(optimizer.stop);
  return optimizer;
};

beforeAll(async () => {
  place = await temporaryHome();
  port = await freePort();
  embed = await startService("embed-svc", place.home);
  // Loads its models: that may take more than the second that the gateway waits here.
  await fetch(`${embed.url}/health/ready`);
  api = await startService("api", place.home, {
    EMBED_URL: embed.url,
    OPTIMIZER_URL: `http://127.0.0.1:${port}`,
    SLICE_SECONDS: "0.2",
    SERVICE_TIMEOUT_SECONDS: "1",
    LOG_LEVEL: "silent",
  });
  const numbers = randomStream(1, "test").gaussian(32 * 512);
  const embeddings = Array.from({ length: 32 }, (_, i) => [
    ...numbers.subarray(i * 512, (i + 1) * 512),
  ]);
  galleryId = (await api.hyperface.galleries.create({ source: "upload", embeddings })).id;
}, 60_000);
afterEach(async () => {
  for (const stop of leave.splice(0)) await stop();
});
afterAll(async () => {
  await api?.stop();
  await embed?.stop();
  await place?.remove();
});

const createPacking = (iterations: number) =>
  api.hyperface.packings.create({ near: galleryId, count: 16, iterations });

/** In the optimizer's place, something that hears slices and does with them what `answer` does. */
async function startStub(answer: (slice: number, respond: (status: number) => void) => void) {
  const heard: { closed: Promise<void> }[] = [];
  const server: Server = createServer((request, response) => {
    const closed = new Promise<void>((done) => response.on("close", done));
    heard.push({ closed });
    request.resume();
    answer(heard.length, (status) => {
      const type = "urn:hyperface:problem:invalid-packing";
      response.writeHead(status, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ type, title: "Invalid", detail: "refused here", status }));
    });
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  leave.push(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );
  return heard;
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((done) => setTimeout(done, 20));
};

test("a job waits for a service that is away, says so, and goes on when it is back", async () => {
  const { jobs } = api.hyperface;
  const { jobId } = await createPacking(50);
  const events: JobEvent[] = [];
  for await (const event of jobs.events(jobId)) {
    events.push(event);
    if (event.type === "waiting") break;
  }
  // Longer than a job's attempts would last, were they used up at once.
  await new Promise((done) => setTimeout(done, 4000));
  const { status, waiting } = await jobs.get(jobId);
  expect(status).toBe("running");
  expect(waiting?.service).toBe("optimizer-svc");
  const ready = await fetch(`${api.url}/health/ready`);
  expect(ready.status).toBe(503);
  const { errors } = (await ready.json()) as { errors: { pointer: string }[] };
  expect(errors.map(({ pointer }) => pointer)).toEqual(["generate-svc", "optimizer-svc"]);

  await startOptimizer();
  const rest: JobEvent[] = [];
  const job = await jobs.wait(jobId, (event) => rest.push(event));
  expect(job).toMatchObject({ status: "succeeded", waiting: null });
  expect(rest.filter(({ type }) => type === "waiting")).toHaveLength(1);
});

test("a job that goes on on a machine of another arithmetic says so", async () => {
  const { jobs, packings } = api.hyperface;
  const here = await startOptimizer();
  const { id, jobId } = await createPacking(4000);
  for await (const event of jobs.events(jobId)) {
    if (event.type === "progress" && event.completed > 0) await here.stop();
    if (event.type === "waiting") break;
  }
  const store = await openStore({ home: place.home });
  for (const key of await store.list(`packings/${id}/checkpoints`)) {
    const { tensors, metadata } = decodeSafetensors(await store.get(key));
    const state = { ...JSON.parse(metadata.state as string), arithmetic: ["elsewhere"] };
    const moved = { ...metadata, state: JSON.stringify(state) };
    await store.put(key, encodeSafetensors({ tensors, metadata: moved }));
  }
  await startOptimizer();
  const told: JobEvent[] = [];
  expect(await jobs.wait(jobId, (event) => told.push(event))).toMatchObject({
    status: "succeeded",
  });
  const { arithmetic } = await packings.get(id);
  expect(arithmetic).toEqual(["elsewhere", expect.stringMatching(/^node-/)]);
  const saying = told.filter((event) => event.type === "progress" && event.arithmetic);
  expect(saying).toHaveLength(1);
  expect(saying[0]).toMatchObject({ arithmetic });
});

test("a slice that is not answered is given up in time, and asked for again", async () => {
  const heard = await startStub(() => {});
  const { jobId } = await createPacking(50);
  await until(() => heard.length === 1);
  const asked = performance.now();
  await heard[0]?.closed;
  expect(performance.now() - asked).toBeLessThan(10_000);
  await until(() => heard.length === 2);
  // Cancelling ends the call that is under way, and with it what the service does.
  const cancelled = await api.hyperface.jobs.cancel(jobId);
  expect(cancelled.status).toBe("cancelled");
  await heard[1]?.closed;
  const { completed } = await api.hyperface.jobs.get(jobId);
  expect(completed).toBe(0);
});

test("a failed job is retried, and its events go on to one end", async () => {
  const { jobs, packings } = api.hyperface;
  await startStub((_, respond) => respond(422));
  const { id, jobId } = await createPacking(50);
  await expect(jobs.wait(jobId)).rejects.toThrow("refused here");
  expect((await packings.get(id)).status).toBe("failed");
  for (const stop of leave.splice(0)) await stop();

  await startOptimizer();
  const retried = await jobs.retry(jobId);
  expect(["queued", "running"]).toContain(retried.status);
  expect(retried.error).toBeNull();
  const events: JobEvent[] = [];
  await jobs.wait(jobId, (event) => events.push(event));
  expect((await packings.get(id)).status).toBe("ready");
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === "retried")).toHaveLength(1);
  expect(types.indexOf("finished")).toBe(types.length - 1);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));

  await expect(jobs.retry(jobId)).rejects.toMatchObject({ status: 409 });
  await expect(jobs.retry("job_none")).rejects.toMatchObject({ status: 404 });
  // An EventSource that has heard the end is told not to come back.
  const again = await fetch(`${api.url}/v1/jobs/${jobId}/events`, {
    headers: { "last-event-id": String(events.length) },
  });
  expect(again.status).toBe(204);
});
