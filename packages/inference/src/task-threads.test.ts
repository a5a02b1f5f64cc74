import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTaskThreads } from "./task-threads.ts";

/** Says in `begun` that it began, ends when it is told to in `end`, and gives its input back. */
const MODULE = `export default ({ value, begun, end }) => {
  Atomics.store(begun, 0, 1);
  Atomics.wait(end, 0, 0);
  return value;
};
export const fail = () => { throw new Error("no such thing"); };`;
let folder: string;
let module: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "threads-"));
  const file = join(folder, "thread.mjs");
  await writeFile(file, MODULE);
  module = pathToFileURL(file);
});
afterAll(() => rm(folder, { recursive: true }));

const flag = () => new Int32Array(new SharedArrayBuffer(4));

test("threads that end finish what they began, and refuse what waits or comes later", async () => {
  const threads = createTaskThreads({ module, count: 1 });
  const [begun, end] = [flag(), flag()];
  const first = threads.run({ value: 1, begun, end });
  const waiting = threads.run({ value: 2, begun, end }).catch((error) => error);
  await expect.poll(() => Atomics.load(begun, 0), { timeout: 10_000 }).toBe(1);
  const closed = threads.close();
  const late = threads.run({ value: 3, begun, end }).catch((error) => error);
  Atomics.store(end, 0, 1);
  Atomics.notify(end, 0);
  expect(await first).toBe(1);
  await closed;
  const after = threads.run({ value: 4, begun, end }).catch((error) => error);
  for (const refused of [waiting, late, after]) {
    expect(await refused).toMatchObject({ code: "service-unavailable" });
  }
});

test("a task that fails says why", async () => {
  const threads = createTaskThreads({ module, count: 1 });
  await expect(threads.run({}, "fail")).rejects.toThrow("no such thing");
  await threads.close();
});
