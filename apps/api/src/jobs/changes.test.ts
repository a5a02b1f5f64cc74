import { expect, test } from "vitest";
import { createChanges } from "./changes.ts";

const HOUR = 3_600_000;
/** Whether it has resolved, without waiting for it. */
const isDone = (waiting: Promise<void>) =>
  Promise.race([waiting.then(() => true), new Promise((done) => setImmediate(done, false))]);

test("who watches a job is woken by it alone, and who watches all by any", async () => {
  const changes = createChanges();
  const [one, other, any] = [changes.watch("a"), changes.watch("b"), changes.watch()];
  const waiting = [one, other, any].map((watch) => watch.changed(HOUR));
  changes.tell("a");
  expect(await Promise.all(waiting.map(isDone))).toEqual([true, false, true]);
  changes.tell();
  expect(await Promise.all(waiting.map(isDone))).toEqual([true, true, true]);
});

test("what changed between two calls is not missed, and is told once", async () => {
  const changes = createChanges();
  const watch = changes.watch("a");
  changes.tell("a");
  changes.tell("a");
  await watch.changed(HOUR);
  const left = new AbortController();
  const again = watch.changed(HOUR, left.signal);
  expect(await isDone(again)).toBe(false);
  left.abort();
  await again;
});

test("a watch that is closed is woken no more; others of its job are", async () => {
  const changes = createChanges();
  const [closed, open] = [changes.watch("a"), changes.watch("a")];
  closed.close();
  changes.tell("a");
  await open.changed(HOUR);
  expect(await isDone(closed.changed(1))).toBe(false);
});
