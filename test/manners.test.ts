import { once } from "node:events";
import { connect } from "node:net";
import { HyperFaceApiError } from "@hyperface/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

/** How HTTP is spoken: what proxies, browsers and careful clients rely on. */
let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let gallery: string;
let packing: string;
const unit = (k: number) => Array.from({ length: 512 }, (_, i) => (i === k ? 1 : 0));

beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home);
  const { galleries, packings } = system.hyperface;
  const embeddings = [unit(0), unit(1), unit(2), unit(3)];
  gallery = (await galleries.create({ source: "upload", embeddings })).id;
  packing = (await packings.create({ near: gallery, count: 4 }, { waitSeconds: 60 })).id;
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

const images = () => `${system.url}/v1/packings/${packing}/identities/3/images`;
const create = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${system.url}/v1/packings`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

test("an image's tag is known again, weak or strong, and HEAD has GET's headers", async () => {
  const got = await fetch(`${images()}/0`);
  const etag = got.headers.get("etag") as string;
  for (const known of [etag, `W/${etag}`, `"x", W/${etag}`, "*"]) {
    const again = await fetch(`${images()}/0`, { headers: { "if-none-match": known } });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  }
  const head = await fetch(`${images()}/0`, { method: "HEAD" });
  expect([head.status, head.headers.get("etag")]).toEqual([200, etag]);
  const other = await fetch(`${images()}/0`, { headers: { accept: "image/png;q=0, */*" } });
  expect(other.headers.get("content-type")).toMatch(/^image\/(webp|jpeg)$/);
});

test("a preference's name has any case", async () => {
  const answer = await create({ near: gallery, count: 4, seed: 1 }, { prefer: "Wait=60" });
  expect([answer.status, answer.headers.get("preference-applied")]).toEqual([201, "wait=60"]);
});

test("what cannot be made is no success, waited for or not", async () => {
  const impossible = { near: gallery, count: 8, start: "random" as const, minimumDistance: 1 };
  const answer = await create(impossible, { prefer: "wait=60" });
  const problem = (await answer.json()) as { type: string; detail: string };
  expect([answer.status, problem.type]).toEqual([422, "urn:hyperface:problem:invalid-packing"]);
  expect(problem.detail).toMatch(/^packing pak_\w+ failed: .+ \(job job_\w+\)$/);
  const { packings } = system.hyperface;
  const failure = packings.create(impossible, { waitSeconds: 60 });
  await expect(failure).rejects.toBeInstanceOf(HyperFaceApiError);
});

test("an error points at the request's own field", async () => {
  const answer = await fetch(images(), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ count: 2, first: 2 ** 32 - 1 }),
  });
  const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
  expect([answer.status, errors.map(({ pointer }) => pointer)]).toEqual([400, ["/first"]]);
});

test("a stream that has ended for a client says so", async () => {
  const { jobId } = await system.hyperface.packings.get(packing);
  const events: number[] = [];
  for await (const { sequence } of system.hyperface.jobs.events(jobId)) events.push(sequence);
  const url = `${system.url}/v1/jobs/${jobId}/events`;
  const again = await fetch(url, { headers: { "last-event-id": String(events.at(-1)) } });
  expect(again.status).toBe(204);
  const earlier = await fetch(url, { headers: { "last-event-id": "1" } });
  expect([earlier.status, earlier.headers.get("x-accel-buffering")]).toEqual([200, "no"]);
  await earlier.body?.cancel();
});

test.each([
  ["/v1/embeddings", "image/jpeg"],
  ["/v1/galleries", "application/x-npy"],
  ["/v1/packings", "application/json"],
])("an upload to %s that breaks off is no failure of ours", async (path, type) => {
  const { hostname, port } = new URL(system.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 50000\r\n\r\n`;
  socket.write(head + "x".repeat(3000));
  await new Promise((done) => setTimeout(done, 300));
  socket.destroy();
  await new Promise((done) => setTimeout(done, 500));
  const metrics = await (await fetch(`${system.url}/metrics`)).text();
  const failures = metrics.match(/^http_requests_total\{.*status="5\d\d".*$/gm) ?? [];
  expect(failures).toEqual([]);
  expect(metrics).toMatch(new RegExp(`route="${path}",status="499"`));
});
