import { CreatePackingRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  datasetFiles,
  datasetParts,
  datasets,
  galleries,
  idempotencyKeys,
  jobEvents,
  jobs,
  packings,
} from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { claimJob } from "../../jobs/claim.ts";
import { finishJob } from "../../jobs/finish.ts";
import { forgetKey, keepObjects, reserveKey } from "../../jobs/objects.ts";
import { recordSlice } from "../../jobs/record.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { DATABASES, DIMENSION, openTestDependencies } from "../../test-dependencies.ts";
import { createUploadedGallery } from "../galleries/create.ts";
import { deleteJob } from "../jobs/delete.ts";
import { createPacking } from "../packings/create.ts";
import { findReadySet } from "../sets/find.ts";
import { deleteResource } from "./delete.ts";
import { updateResource } from "./update.ts";

describe.each(DATABASES)("deleting (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let deps: Dependencies;
  beforeAll(async () => {
    open = await openTestDependencies(database);
    deps = open.deps;
  });
  afterAll(() => open?.close());

  const data = Float64Array.from({ length: 3 * DIMENSION }, (_, k) => Math.cos(k + 1));
  const upload = (key?: string) =>
    createUploadedGallery(
      deps,
      { name: "", model: "mobilefacenet-512", vectors: { data, shape: [3, DIMENSION] } },
      key ? { keyed: { key, hash: "a" } } : undefined,
    );
  async function pack(request: object, key?: string) {
    const body = CreatePackingRequest.parse({ count: 3, alpha: 0, ...request });
    return (await createPacking(deps, body, key ? { keyed: { key, hash: "a" } } : undefined)).id;
  }
  const jobOf = async (id: string) =>
    (await deps.db.select().from(jobs).where(eq(jobs.resourceId, id)))[0] as JobRow;
  /** As if a worker had made it. */
  async function finish(id: string, status: "succeeded" | "failed" | "cancelled") {
    const job = await jobOf(id);
    const objectKey = await write(id, job.id);
    await finishJob(deps.db, job, status, status === "succeeded" ? { objectKey } : {});
    return objectKey;
  }
  async function write(id: string, jobId?: string) {
    const objectKey = await reserveKey(deps.db, `${id}/object`, jobId);
    await deps.store.put(objectKey, new Uint8Array(3));
    return objectKey;
  }
  const gone = (keys: string[]) =>
    vi.waitFor(async () => {
      expect(await Promise.all(keys.map((key) => deps.store.exists(key)))).not.toContain(true);
    });
  const rowsOf = async () => ({
    galleries: await deps.db.$count(galleries),
    packings: await deps.db.$count(packings),
    datasets: await deps.db.$count(datasets),
    parts: await deps.db.$count(datasetParts),
    files: await deps.db.$count(datasetFiles),
    jobs: await deps.db.$count(jobs),
    events: await deps.db.$count(jobEvents),
    keys: await deps.db.$count(idempotencyKeys),
  });
  async function makeDataset(id: string, packingId: string, leakage?: object) {
    const row = { id, name: "", status: "ready", packingId, jobId: `job_${id.slice(4)}` } as const;
    const model = { name: "none", sha256: "0" };
    const spec = { identities: { from: 0, to: 1 }, imagesPerIdentity: 1, leakage };
    const insert = { ...row, spec: spec as never, generator: model, model };
    await deps.db
      .insert(datasets)
      .values({ ...insert, seconds: { generate: 0, embed: 0, write: 0 } });
    await deps.db
      .insert(jobs)
      .values({ id: row.jobId, kind: "dataset", resourceId: id, status: "succeeded", total: 1 });
    const [part, file] = [await write(id), await write(id)];
    await deps.db
      .insert(datasetParts)
      .values({ datasetId: id, start: 0, samples: 1, images: 1, objectKey: part });
    await deps.db
      .insert(datasetFiles)
      .values({ datasetId: id, name: "a", objectKey: file, bytes: 3, sha256: "0" });
    await forgetKey(deps.db, part);
    await forgetKey(deps.db, file);
    return [part, file];
  }

  test("a set that is used stays, whatever uses it and for what", async () => {
    const { id } = await upload();
    const near = await pack({ near: id, alpha: 0.5 });
    await expect(
      deleteResource(deps, { kind: "gallery", id }, { cascade: false }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`packing ${near}`),
    });
    for (const request of [
      { start: id },
      { extends: id, count: 4 },
      { repel: { set: id, minimumDistance: 0.1 } },
    ]) {
      const other = await upload();
      const packing = await pack(JSON.parse(JSON.stringify(request).replaceAll(id, other.id)));
      await expect(
        deleteResource(deps, { kind: "gallery", id: other.id }, { cascade: false }),
      ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(packing) });
    }
    const guarded = await upload();
    await makeDataset("dat_leakage", near, { setId: guarded.id, maxSimilarity: 0.4 });
    await expect(
      deleteResource(deps, { kind: "gallery", id: guarded.id }, { cascade: false }),
    ).rejects.toMatchObject({ message: expect.stringContaining("dataset dat_leakage") });
    await expect(findReadySet(deps, guarded.id)).resolves.toMatchObject({ id: guarded.id });
  });

  test("cascade takes all that refers to it, near and far, and leaves nothing of any", async () => {
    const before = await rowsOf();
    const { id } = await upload("cascade gallery");
    const { objectKey } = await findReadySet(deps, id);
    const first = await pack({ near: id, alpha: 0.5 }, "cascade packing");
    const kept = [objectKey, await finish(first, "succeeded")];
    const second = await pack({ extends: first, count: 4 });
    const third = await pack({ near: id, repel: { set: first, minimumDistance: 0.1 } });
    kept.push(await finish(third, "failed"));
    kept.push(...(await makeDataset("dat_cascade", first)));
    const unfinished = await jobOf(second);
    const checkpoint = await write(second, unfinished.id);
    await keepObjects(deps.db, unfinished.id, [checkpoint]);

    await expect(
      deleteResource(deps, { kind: "packing", id: first }, { cascade: false }),
    ).rejects.toThrow("delete those first");
    await deleteResource(deps, { kind: "gallery", id }, { cascade: true });
    expect(await rowsOf()).toEqual(before);
    await gone([checkpoint, ...kept.filter((key) => !key.startsWith(third))]);
    // The key is free: the same request makes another.
    expect((await upload("cascade gallery")).created).toBe(true);
  });

  test("what a job is making stays, and a slice of a deleted job is not taken", async () => {
    const id = await pack({});
    await expect(
      deleteResource(deps, { kind: "packing", id }, { cascade: false }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is making it: cancel that"),
    });
    for (let job = await claimJob(deps.db, "worker"); job; ) {
      if (job.resourceId === id) {
        await deleteResource(deps, { kind: "packing", id }, { cascade: true });
        const slice = { completed: 1, done: false, state: {}, event: {}, needs: [] };
        expect(await recordSlice(deps.db, job, slice)).toBe(false);
        return;
      }
      await finishJob(deps.db, job, "cancelled");
      job = await claimJob(deps.db, "worker");
    }
    expect.unreachable("the packing's job was never claimed");
  });

  test("a set cannot be deleted and referred to at once", async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await upload();
      const [made, deleted] = await Promise.allSettled([
        pack({ near: id, alpha: 0.5 }),
        deleteResource(deps, { kind: "gallery", id }, { cascade: false }),
      ]);
      expect([made.status, deleted.status].sort()).toEqual(["fulfilled", "rejected"]);
      const { reason } = [made, deleted].find(({ status }) => status === "rejected") as {
        reason: { code: string };
      };
      expect(reason.code).toBe(deleted.status === "fulfilled" ? "not-found" : "conflict");
    }
  });

  test("a job's record goes when it has ended: what it made stays, what it could not make goes", async () => {
    const made = await pack({});
    const { id } = await jobOf(made);
    await expect(deleteJob(deps, id)).rejects.toMatchObject({ code: "conflict" });
    await finish(made, "succeeded");
    await deleteJob(deps, id);
    await expect(deleteJob(deps, id)).rejects.toMatchObject({ code: "not-found" });
    expect((await findReadySet(deps, made)).jobId).toBe(id);

    for (const status of ["failed", "cancelled"] as const) {
      const packing = await pack({});
      const job = await jobOf(packing);
      const checkpoint = await write(packing, job.id);
      await keepObjects(deps.db, job.id, [checkpoint]);
      await finishJob(deps.db, job, status);
      await deleteJob(deps, job.id);
      await expect(findReadySet(deps, packing)).rejects.toMatchObject({ code: "not-found" });
      await gone([checkpoint]);
    }
  });

  test("a name is changed and nothing else", async () => {
    const { id } = await upload();
    const { name: _, ...rest } = await updateResource(deps, { kind: "gallery", id }, "first");
    expect(await updateResource(deps, { kind: "gallery", id }, "second")).toEqual({
      ...rest,
      name: "second",
    });
    await expect(
      updateResource(deps, { kind: "packing", id: "pak_none" }, "a"),
    ).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
