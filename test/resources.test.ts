import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { randomStream } from "@hyperface/hypersphere";
import type { Gallery } from "@hyperface/sdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
const embeddings = Array.from({ length: 8 }, (_, k) => [...randomStream(k, "test").gaussian(512)]);
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, { SLICE_SECONDS: "0.2" });
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

const upload = (name: string) =>
  system.hyperface.galleries.create({ source: "upload", name, embeddings });
const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
/** Files of the object store that have to do with an id. */
const filesOf = async (id: string) =>
  (await readdir(join(place.home, "objects"), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && !entry.name.startsWith(".") && entry.parentPath.includes(id),
  );

test("lists are filtered and sorted, and a name is changed", async () => {
  const { galleries, jobs, packings } = system.hyperface;
  const made: Gallery[] = [];
  for (const name of ["b", "a", "c"]) made.push(await upload(name));
  const [b, a, c] = made as [Gallery, Gallery, Gallery];
  const names = async (query: Parameters<typeof galleries.list>[0]) =>
    (await collect(galleries.list(query))).map(({ name }) => name).join("");
  expect(await names({})).toBe("cab");
  expect(await names({ sort: "name" })).toBe("abc");
  expect(await names({ sort: "-name", name: "a" })).toBe("a");
  expect(await names({ createdAfter: b.createdAt, sort: "created" })).toBe("ac");
  expect(await names({ createdBefore: c.createdAt, status: "ready" })).toBe("ab");
  expect(await names({ status: "failed" })).toBe("");
  expect(await galleries.update(a.id, { name: "z" })).toEqual({ ...a, name: "z" });
  expect(await names({ sort: "-name" })).toBe("zcb");

  const packing = await packings.create({ near: a.id, count: 4 }, { waitSeconds: 60 });
  const { id } = await packings.create({ near: a.id, count: 4, iterations: 1_000_000 });
  const kinds = (query: Parameters<typeof jobs.list>[0]) => collect(jobs.list(query));
  expect(await kinds({ kind: "gallery" })).toEqual([]);
  expect((await kinds({ status: "succeeded" })).map((job) => job.resourceId)).toEqual([packing.id]);
  expect((await kinds({ kind: "packing", sort: "created" })).map((job) => job.resourceId)).toEqual([
    packing.id,
    id,
  ]);
  await packings.delete(id, { cascade: true });

  for (const [query, why] of [
    ["jobs?nmae=x", "nmae"],
    ["galleries?createdAftr=1", "did you mean createdAfter?"],
  ]) {
    const answer = await fetch(`${system.url}/v1/${query}`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(why as string),
    ]);
  }
});

test("a change of what was changed meanwhile is refused: of two at once one is made", async () => {
  const { id } = await upload("first");
  const { id: near } = await upload("near");
  const { id: packing, jobId } = await system.hyperface.packings.create(
    { near, count: 4 },
    { waitSeconds: 60 },
  );
  const ask = (path: string, method = "GET", headers = {}, name = "") =>
    fetch(`${system.url}/v1/${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(name ? { body: JSON.stringify({ name }) } : {}),
    });
  const gallery = `galleries/${id}`;
  const etagOf = async (path: string) => (await ask(path)).headers.get("etag") as string;
  for (const path of [gallery, `packings/${packing}`, `jobs/${jobId}`]) {
    const etag = await etagOf(path);
    expect((await ask(path, "GET", { "if-none-match": etag })).status).toBe(304);
  }

  const old = await etagOf(gallery);
  const names = ["second", "third"];
  const both = await Promise.all(names.map((n) => ask(gallery, "PATCH", { "if-match": old }, n)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  const made = both.find(({ ok }) => ok) as Response;
  const { name } = (await made.json()) as Gallery;
  expect(await system.hyperface.galleries.get(id)).toMatchObject({ name });
  expect(made.headers.get("etag")).toBe(await etagOf(gallery));

  const now = { "if-match": await etagOf(gallery) };
  expect((await ask(gallery, "DELETE", { "if-match": old })).status).toBe(412);
  expect((await ask(gallery, "DELETE", now)).status).toBe(204);
  expect((await ask(gallery, "DELETE", now)).status).toBe(404);
  const job = `jobs/${jobId}`;
  expect((await ask(job, "DELETE", { "if-match": old })).status).toBe(412);
  expect((await ask(job, "DELETE", { "if-match": await etagOf(job) })).status).toBe(204);
});

test("what is used stays; with cascade all that refers to it goes, from the store too", async () => {
  const { galleries, jobs, packings } = system.hyperface;
  const { id } = await upload("used");
  const packing = await packings.create({ near: id, count: 4 }, { waitSeconds: 60 });
  const running = await packings.create({
    near: id,
    extends: packing.id,
    count: 8,
    iterations: 1_000_000,
  });
  for await (const event of jobs.events(running.jobId)) if (event.type === "progress") break;

  await expect(galleries.delete(id)).rejects.toMatchObject({ status: 409, code: "conflict" });
  await expect(packings.delete(running.id)).rejects.toThrow(/cancel that.*cascade=true/);
  await expect(jobs.delete(running.jobId)).rejects.toMatchObject({ status: 409 });
  expect(await filesOf(id)).toHaveLength(1);

  const following = jobs.events(running.jobId);
  await following.next();
  const followed = expect(collect(following)).rejects.toMatchObject({ status: 404 });
  await galleries.delete(id, { cascade: true });
  await expect(galleries.get(id)).rejects.toMatchObject({ status: 404 });
  await expect(packings.get(packing.id)).rejects.toMatchObject({ status: 404 });
  await expect(packings.get(running.id)).rejects.toMatchObject({ status: 404 });
  await expect(jobs.get(running.jobId)).rejects.toMatchObject({ status: 404 });
  await expect(galleries.delete(id)).rejects.toMatchObject({ status: 404 });
  // Who follows a deleted job is not left waiting.
  await followed;
  await vi.waitFor(async () => {
    expect([...(await filesOf(id)), ...(await filesOf(packing.id))]).toEqual([]);
  }, 10_000);
});

test("the record of a cancelled job goes with what it was making, that of another alone", async () => {
  const { jobs, packings } = system.hyperface;
  const settings = { model: "mobilefacenet-512", alpha: 0, count: 4 } as const;
  const ready = await packings.create(settings, { waitSeconds: 60, idempotencyKey: "ready" });
  await jobs.delete(ready.jobId);
  const again = await packings.create(settings, { waitSeconds: 60, idempotencyKey: "ready" });
  expect(again).toEqual(ready);

  const { id, jobId } = await packings.create({ ...settings, iterations: 1_000_000 });
  await jobs.cancel(jobId);
  await jobs.delete(jobId);
  await expect(packings.get(id)).rejects.toMatchObject({ status: 404 });
  const answer = await fetch(`${system.url}/v1/packings/${ready.id}`, { method: "DELETE" });
  expect([answer.status, await answer.text()]).toEqual([204, ""]);
});
