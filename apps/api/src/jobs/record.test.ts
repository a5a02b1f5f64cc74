import { CreatePackingRequest, HyperFaceError, ServiceAway } from "@hyperface/contracts";
import { openStore } from "@hyperface/storage";
import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { jobs } from "../db/schema.ts";
import { useDependencies } from "../test-dependencies.ts";
import { listEvents } from "../usecases/jobs/events.ts";
import { findJob } from "../usecases/jobs/get.ts";
import { createPacking } from "../usecases/packings/create.ts";
import { claimJob } from "./claim.ts";
import { recordFailure } from "./record.ts";
import type { JobRow } from "./slice.ts";

const gateway = useDependencies();
let job: JobRow;
beforeEach(async () => {
  const { deps } = gateway;
  await deps.db.update(jobs).set({ status: "cancelled" });
  await createPacking(deps, CreatePackingRequest.parse({ count: 2, alpha: 0 }), undefined);
  job = (await claimJob(deps.db, "me")) as JobRow;
});

/** Fails, and is taken again as if the wait were over. @returns what became of it, and how long it was to wait */
async function fail(error: unknown) {
  const { db } = gateway.deps;
  const outcome = await recordFailure(db, job, error);
  const [row] = await db
    .select({ seconds: sql<number>`round(extract(epoch from ${jobs.dueAt} - now()))::int` })
    .from(jobs)
    .where(eq(jobs.id, job.id));
  await db.update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.id, job.id));
  job = (await claimJob(db, "me")) ?? job;
  return [outcome, row?.seconds];
}

test("a failure that may pass is tried again, each time later, and given up at last", async () => {
  const unknown = new TypeError("some fault of ours");
  for (const wait of [2, 4, 8, 16, 32]) expect(await fail(unknown)).toEqual(["tries again", wait]);
  expect((await fail(unknown))[0]).toBe("failed");
  const { status, error } = await findJob(gateway.deps, job.id);
  expect(status).toBe("failed");
  expect(error?.type).toBe("urn:hyperface:problem:internal");
  expect(error?.detail).not.toContain("fault");
});

test("a failure of the request's own is final at once, and is what its job failed of", async () => {
  await fail(new HyperFaceError("packing-diverged", "it diverged"));
  expect((await findJob(gateway.deps, job.id)).error).toEqual({
    type: "urn:hyperface:problem:packing-diverged",
    detail: "it diverged",
  });
});

test("a service that is away costs no attempt, and is told once", async () => {
  const away = new ServiceAway("optimizer-svc", new Error("refused"));
  for (let k = 0; k < 8; k++) expect((await fail(away))[0]).toBe("waits");
  expect(job.attempts).toBe(0);
  const { waiting, status } = await findJob(gateway.deps, job.id);
  expect({ status, waiting }).toMatchObject({
    status: "running",
    waiting: { service: "optimizer-svc" },
  });
  const events = await listEvents(gateway.deps, job.id, 0);
  expect(events.filter(({ type }) => type === "waiting")).toHaveLength(1);
});

test("it waits the longer the longer a service is away, up to half a minute", async () => {
  const { db } = gateway.deps;
  const away = new ServiceAway("optimizer-svc", new Error("refused"));
  for (const [gone, wait] of [
    [0, 1],
    [20, 10],
    [600, 30],
  ] as const) {
    const since = new Date(Date.now() - gone * 1000).toISOString();
    const waiting = { service: "optimizer-svc", since, reason: "it is away" };
    job = { ...job, waiting };
    await db.update(jobs).set({ waiting }).where(eq(jobs.id, job.id));
    expect(await fail(away)).toEqual(["waits", wait]);
  }
});

test("so does a full store", async () => {
  expect((await fail(new HyperFaceError("storage-full", "there is no space")))[0]).toBe("waits");
  expect((await findJob(gateway.deps, job.id)).waiting?.service).toBe("the object store");
});

test("and so does a store that is away", async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
  // Nobody listens there.
  const away = await openStore({ home: "", url: "s3://objects?endpoint=http://127.0.0.1:9" });
  const error = await away.get("some/key").catch((reason) => reason);
  for (let k = 0; k < 8; k++) expect((await fail(error))[0]).toBe("waits");
  expect(job.attempts).toBe(0);
  expect((await findJob(gateway.deps, job.id)).waiting?.service).toBe("the object store");
});
