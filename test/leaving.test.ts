import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queueOf } from "./metrics.ts";
import { type System, startFour, temporaryHome } from "./servers.ts";

/** A client that leaves: what was asked for is not made, through gateway, service and queue. */
const face = await readFile(new URL("../apps/embed-svc/fixtures/face.png", import.meta.url));
let place: Awaited<ReturnType<typeof temporaryHome>>;
let system: System;
let packing: string;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startFour(place.home);
  const { packings, images, embeddings } = system.hyperface;
  packing = (await packings.create({ count: 4, alpha: 0, iterations: 1 }, { waitSeconds: 60 })).id;
  // Models are loaded.
  await embeddings.create([Buffer.from(await images.get(packing, 0, 0))], { allowMissing: true });
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

type Ask = (signal: AbortSignal) => Promise<unknown>[];
const post = (path: string, body: object, signal: AbortSignal) =>
  fetch(system.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
const images = () => `/v1/packings/${packing}/identities/0/images`;
const photographs = Array.from({ length: 60 }, () => face.toString("base64"));
const numbers = Array.from({ length: 60 }, (_, k) => k + 1);

test.each<[string, string, Ask]>([
  [
    "photographs to embed",
    "photographs",
    (signal) => [post("/v1/embeddings?faces=largest", { images: photographs }, signal)],
  ],
  ["images of a request", "images", (signal) => [post(images(), { count: 60, seed: 1 }, signal)]],
  [
    "images, one a request",
    "images",
    (signal) => numbers.map((k) => fetch(`${system.url}${images()}/${k}`, { signal })),
  ],
])("%s that nobody waits for are not begun", async (_, queue, ask) => {
  const before = await queueOf(system.processes, queue);
  const leaving = new AbortController();
  const left = Promise.allSettled(ask(leaving.signal));
  const waiting = async () => (await queueOf(system.processes, queue)).waiting;
  await expect.poll(waiting, { timeout: 60_000, interval: 20 }).toBeGreaterThan(29);
  leaving.abort();
  expect((await left).some(({ status }) => status === "rejected")).toBe(true);
  await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
  const { begun } = await queueOf(system.processes, queue);
  expect(begun - before.begun).toBeLessThan(50);
});
