import { encodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { HyperFaceApiError, JobFailedError, type PackingPage } from "@hyperface/sdk";
import { normaliseRows } from "@hyperface/vectors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const ITERATIONS = 600;
let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let galleryId: string;
/** Slices this short are many, whatever the machine. */
const variables = { SLICE_SECONDS: "0.2" };
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, variables);
  const data = normaliseRows(randomStream(1, "test").gaussian(64 * 512), 512);
  const embeddings = Array.from({ length: 64 }, (_, i) => [
    ...data.subarray(i * 512, (i + 1) * 512),
  ]);
  galleryId = (await system.hyperface.galleries.create({ source: "upload", embeddings })).id;
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

test("a server killed in the middle of a packing goes on from its last checkpoint", async () => {
  const spec = { near: galleryId, count: 64, seed: 2, iterations: ITERATIONS };
  const uncut = await system.hyperface.packings.create(spec);
  await system.hyperface.jobs.wait(uncut.jobId);
  const { id, jobId } = await system.hyperface.packings.create(spec);
  const uploaded = await system.hyperface.images.get(uncut.id, 3, 1);

  let reached = 0;
  for await (const event of system.hyperface.jobs.events(jobId)) {
    if (event.type === "progress") reached = event.completed;
    if (reached > ITERATIONS / 4) break;
  }
  await system.stop("SIGKILL");
  system = await startOne(place.home, variables);

  const { jobs, packings, images } = system.hyperface;
  const completed: number[] = [];
  const iterations: number[] = [];
  await jobs.wait(jobId, (event) => {
    if (event.type !== "progress") return;
    completed.push(event.completed);
    iterations.push(...(event.history ?? []).map(({ iteration }) => iteration));
  });
  // Nothing done before the kill was done again, and no report of it is lost.
  expect(completed).toEqual([...completed].sort((a, b) => a - b));
  expect(completed.filter((k) => k < reached).length).toBeGreaterThan(0);
  expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
  expect(iterations[0]).toBe(0);
  expect(iterations.at(-1)).toBe(ITERATIONS);
  const [cut, whole] = await Promise.all(
    [id, uncut.id].map((each) => packings.embeddingsNpy(each)),
  );
  expect(Buffer.from(cut as Uint8Array).equals(whole as Uint8Array)).toBe(true);
  // And an image's URL gives the bytes it gave before.
  expect(Buffer.from(await images.get(uncut.id, 3, 1)).equals(uploaded)).toBe(true);
}, 180_000);

test("a cancelled packing stops at once, and stays cancelled", async () => {
  const { jobs, packings } = system.hyperface;
  const { id, jobId } = await packings.create({
    near: galleryId,
    count: 64,
    iterations: 1_000_000,
  });
  for await (const event of jobs.events(jobId)) if (event.type === "progress") break;
  expect((await jobs.cancel(jobId)).status).toBe("cancelled");
  expect((await jobs.cancel(jobId)).status).toBe("cancelled");
  expect((await packings.get(id)).status).toBe("cancelled");
  await expect(jobs.wait(jobId)).rejects.toThrow(JobFailedError);
  const { completed } = await jobs.get(jobId);
  await new Promise((done) => setTimeout(done, 1000));
  expect((await jobs.get(jobId)).completed).toBe(completed);
});

test("events are taken up after the last one seen", async () => {
  const { packings, jobs } = system.hyperface;
  const { jobId } = await packings.create({ near: galleryId, count: 32 }, { waitSeconds: 60 });
  const all = [];
  for await (const event of jobs.events(jobId)) all.push(event.sequence);
  const response = await fetch(`${system.url}/v1/jobs/${jobId}/events`, {
    headers: { "last-event-id": String(all.length - 1) },
  });
  expect(await response.text()).toMatch(
    new RegExp(`^event: finished\\n[^]*id: ${all.length}\\n\\n$`),
  );
});

test("a retry with its key creates nothing twice", async () => {
  const { packings } = system.hyperface;
  const body = { near: galleryId, count: 8, iterations: 5 };
  const twice = await Promise.all(
    [1, 2].map(() => packings.create(body, { idempotencyKey: "a retry" })),
  );
  expect(twice[0]?.id).toBe(twice[1]?.id);
  const other = packings.create({ ...body, count: 9 }, { idempotencyKey: "a retry" });
  await expect(other).rejects.toMatchObject({ status: 422, code: "idempotency-mismatch" });
  await expect(other).rejects.toThrow(HyperFaceApiError);
});

test("a key stands for one whole request: path, query and body", async () => {
  const npy = encodeNpy({ data: Float32Array.of(1, ...new Float32Array(511)), shape: [1, 512] });
  const [json, file] = ["application/json", "application/x-npy"];
  const embeddings = [[1, ...new Float32Array(511)]];
  const post = async (path: string, type: string, body: string | Uint8Array) => {
    const headers = { "content-type": type, "idempotency-key": "whole" };
    const init = { method: "POST", headers, body };
    const answer = await fetch(`${system.url}${path}`, init);
    return { status: answer.status, id: ((await answer.json()) as { id?: string }).id };
  };
  const first = await post("/v1/galleries?name=one", file, npy);
  expect(first.status).toBe(201);
  expect(await post("/v1/galleries?name=one", file, npy)).toEqual(first);
  const others = await Promise.all([
    post("/v1/galleries?name=two", file, npy),
    post("/v1/galleries", file, npy),
    post(
      "/v1/galleries?name=one",
      file,
      encodeNpy({ data: Float32Array.of(2, ...new Float32Array(511)), shape: [1, 512] }),
    ),
    post("/v1/galleries", json, JSON.stringify({ source: "upload", name: "one", embeddings })),
    post("/v1/galleries", json, JSON.stringify({ source: "generator", count: 1 })),
    post("/v1/packings", json, JSON.stringify({ near: galleryId, count: 8, iterations: 5 })),
  ]);
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 422));
});

test("lists come in pages, newest first", async () => {
  const page = async (query: string) =>
    (await (await fetch(`${system.url}/v1/packings?limit=2${query}`)).json()) as PackingPage;
  const first = await page("");
  expect(first.data).toHaveLength(2);
  const second = await page(`&cursor=${first.nextCursor}`);
  const ids = [...first.data, ...second.data].map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  const all = [];
  for await (const { id } of system.hyperface.packings.list()) all.push(id);
  expect(all.slice(0, ids.length)).toEqual(ids);
});
