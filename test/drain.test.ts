import { readFile } from "node:fs/promises";
import { MESSAGE } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queueOf } from "./metrics.ts";
import { type System, startOne, startService, temporaryHome } from "./servers.ts";

/** SIGTERM during every kind of work: each process ends by itself, soon, with 0. */
const face = await readFile(new URL("../apps/embed-svc/fixtures/face.png", import.meta.url));
const photographs = { images: Array.from({ length: 192 }, () => face.toString("base64")) };
let place: Awaited<ReturnType<typeof temporaryHome>>;
beforeAll(async () => {
  place = await temporaryHome();
});
afterAll(() => place?.remove());

const post = (url: string, body: object) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** What is under way ends in an answer, a refusal or a closed connection, and never keeps the process. */
async function expectDrained(system: System, work: Promise<unknown>[]) {
  const settled = Promise.allSettled(work);
  expect(await system.stop("SIGTERM")).toEqual([0]);
  await settled;
}

/** Where more waits than can be finished, the request is refused in whole, and may be sent to another process. */
async function expectRefused(system: System, queue: string, work: Promise<Response>) {
  const waiting = async () => (await queueOf(system.processes, queue)).waiting;
  await expect.poll(waiting, { timeout: 60_000 }).toBeGreaterThan(128);
  await expectDrained(system, [work]);
  const { status, headers } = await work;
  expect([status, Number(headers.get("retry-after"))]).toEqual([503, 5]);
}

describe("a service alone", () => {
  test("embed-svc", async () => {
    const system = await startService("embed-svc", place.home);
    const work = post(`${system.url}/v1/embeddings?faces=largest`, photographs);
    await expectRefused(system, "photographs", work);
  });

  test("generate-svc", async () => {
    const system = await startService("generate-svc", place.home);
    const send = (path: string, message: object) =>
      fetch(system.url + path, {
        method: "POST",
        headers: { "content-type": MESSAGE },
        body: encodeMessage(message) as Uint8Array<ArrayBuffer>,
      });
    const drawn = await send("/v1/identities", { count: 1, seed: 0 });
    const { embeddings: embedding } = decodeMessage(new Uint8Array(await drawn.arrayBuffer()));
    const items = Array.from({ length: 256 }, (_, sample) => {
      return { embedding, identity: 0, sample, beta: 0.005, seed: 0, ground: "any" };
    });
    const work = send("/v1/images", { items });
    await expectRefused(system, "images", work);
  });

  test("optimizer-svc", async () => {
    const system = await startService("optimizer-svc", place.home);
    const spec = { count: 2000, dimension: 128, alpha: 0, start: "random", iterations: 1_000_000 };
    const work = [1, 2].map((slice) =>
      post(`${system.url}/v1/packing-slices`, {
        spec,
        model: { name: "toy", sha256: "0".repeat(64) },
        checkpointKey: null,
        outputKey: `packings/pak_0/checkpoint-${slice}`,
        resultKey: `packings/pak_0/result-${slice}`,
        budgetSeconds: 600,
      }),
    );
    await pause(2000);
    await expectDrained(system, work);
  });
});

test("all in one, with jobs, images and embeddings; what jobs had under way goes on", async () => {
  let system = await startOne(place.home, { SLICE_SECONDS: "1" });
  const { galleries, packings } = system.hyperface;
  const settings = { count: 16, alpha: 0 };
  const packing = await packings.create({ ...settings, iterations: 1 }, { waitSeconds: 60 });
  const gallery = await galleries.create({ source: "generator", count: 12, seed: 1 });
  const endless = await packings.create({ ...settings, count: 500, iterations: 1_000_000 });
  const images = `${system.url}/v1/packings/${packing.id}/identities/0/images`;
  const work = [
    post(images, { count: 256 }),
    post(`${system.url}/v1/embeddings`, photographs),
    fetch(`${system.url}/v1/jobs/${endless.jobId}/events`).then((events) => events.text()),
    ...Array.from({ length: 8 }, (_, sample) => fetch(`${images}/${sample}`)),
  ];
  await pause(1000);
  await expectDrained(system, work);

  system = await startOne(place.home, { SLICE_SECONDS: "1" });
  try {
    const { jobs: again } = system.hyperface;
    expect((await again.wait(gallery.jobId as string)).status).toBe("succeeded");
    expect((await again.get(endless.jobId)).status).toMatch(/queued|running/);
    expect((await again.cancel(endless.jobId)).status).toBe("cancelled");
  } finally {
    await system.stop();
  }
});
