import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { looseObjects } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import { DATABASES, DIMENSION, openTestDependencies } from "../test-dependencies.ts";
import { newPackingJob } from "../test-jobs.ts";
import { createUploadedGallery } from "../usecases/galleries/create.ts";
import { findReadySet } from "../usecases/sets/find.ts";
import { finishJob } from "./finish.ts";
import { collectObjects, keepObjects, reclaimObjects, reserveKey } from "./objects.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

describe.each(DATABASES)("loose objects (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let deps: Dependencies;
  beforeAll(async () => {
    open = await openTestDependencies(database);
    deps = open.deps;
  });
  afterAll(() => open?.close());
  beforeEach(async () => {
    await deps.db.delete(looseObjects);
  });

  /** As if so many seconds had gone by. */
  const passTime = (seconds: number) =>
    deps.db
      .update(looseObjects)
      .set({ expiresAt: sql`${looseObjects.expiresAt} - ${seconds} * interval '1 second'` });
  async function write(jobId?: string) {
    const key = await reserveKey(deps.db, "some/object", jobId);
    await deps.store.put(key, new Uint8Array(3));
    return key;
  }
  const newJob = () => newPackingJob(deps);
  const exist = (keys: string[]) => Promise.all(keys.map((key) => deps.store.exists(key)));

  test("what nobody took is deleted after the grace period, not before", async () => {
    const key = await write();
    await passTime(HOUR);
    expect(await collectObjects(deps)).toBe(0);
    expect(await exist([key])).toEqual([true]);
    await passTime(HOUR);
    expect(await collectObjects(deps)).toBe(1);
    expect(await exist([key])).toEqual([false]);
    expect(await deps.db.select().from(looseObjects)).toEqual([]);
  });

  test("what was reserved and never written is forgotten too", async () => {
    await reserveKey(deps.db, "some/object");
    await passTime(2 * HOUR);
    expect(await collectObjects(deps)).toBe(1);
  });

  test("a set's object is never deleted", async () => {
    const vectors = { data: new Float64Array(2 * DIMENSION).fill(1), shape: [2, DIMENSION] };
    const upload = { name: "", model: "mobilefacenet-512", vectors } as const;
    const { id } = await createUploadedGallery(deps, upload, undefined);
    await passTime(30 * DAY);
    await collectObjects(deps);
    const { objectKey } = await findReadySet(deps, id);
    expect(await exist([objectKey])).toEqual([true]);
  });

  test("what a job goes on from is kept as long as it does; what it went on from before is not", async () => {
    const { id } = await newJob();
    const first = await write(id);
    const second = await write(id);
    await keepObjects(deps.db, id, [first]);
    await keepObjects(deps.db, id, [second]);
    await passTime(30 * DAY);
    expect(await collectObjects(deps, id)).toBe(1);
    expect(await exist([first, second])).toEqual([false, true]);
  });

  test("what a job leaves is deleted when it ends, but of a failed one only after days", async () => {
    const cancelled = await newJob();
    const failed = await newJob();
    const [left, needed] = [await write(cancelled.id), await write(failed.id)];
    await keepObjects(deps.db, cancelled.id, [left]);
    await keepObjects(deps.db, failed.id, [needed]);
    await finishJob(deps.db, cancelled, "cancelled");
    await finishJob(deps.db, failed, "failed");
    await collectObjects(deps);
    expect(await exist([left, needed])).toEqual([false, true]);
    expect(await reclaimObjects(deps.db, [needed])).toBe(true);
    await passTime(30 * DAY);
    await collectObjects(deps);
    expect(await exist([needed])).toEqual([true]);
  });

  test("more than one transaction holds are collected at once, by two beside each other", async () => {
    const keys = await Promise.all(Array.from({ length: 120 }, () => write()));
    await passTime(2 * HOUR);
    const counts = await Promise.all([collectObjects(deps), collectObjects(deps)]);
    expect(counts[0] + counts[1]).toBe(120);
    expect(await exist(keys)).toEqual(keys.map(() => false));
  });

  test("an object that cannot be deleted is tried again", async () => {
    const key = await write();
    await passTime(2 * HOUR);
    const store = { ...deps.store, delete: async () => Promise.reject(new Error("away")) };
    await expect(collectObjects({ ...deps, store })).rejects.toThrow("away");
    expect(await exist([key])).toEqual([true]);
    expect(await collectObjects(deps)).toBe(1);
    expect(await exist([key])).toEqual([false]);
  });
});
