import { CreateSweepRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jobs, packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { claimJob } from "../../jobs/claim.ts";
import { finishJob } from "../../jobs/finish.ts";
import { recordFailure, recordSlice } from "../../jobs/record.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { DATABASES, openTestDependencies } from "../../test-dependencies.ts";
import { testServices } from "../../test-services.ts";
import { retryJob } from "../jobs/retry.ts";
import { advanceSweep } from "./advance.ts";
import { createSweep } from "./create.ts";
import { findSweep, listCells } from "./get.ts";

const never = new AbortController().signal;

describe.each(DATABASES)("a sweep's slices (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let deps: Dependencies;
  beforeAll(async () => {
    open = await openTestDependencies(database, testServices());
    deps = open.deps;
  });
  afterAll(() => open?.close());

  const jobOf = async (resourceId: string) => {
    const [job] = await deps.db.select().from(jobs).where(eq(jobs.resourceId, resourceId));
    return job as JobRow;
  };
  /** Its job as a worker takes it, whatever else is due. */
  async function claim(id: string): Promise<JobRow> {
    const { id: jobId } = await jobOf(id);
    await deps.db
      .update(jobs)
      .set({ dueAt: new Date(0) })
      .where(eq(jobs.id, jobId));
    const job = (await claimJob(deps.db, "me")) as JobRow;
    expect(job.id).toBe(jobId);
    return job;
  }
  async function step(id: string) {
    const job = await claim(id);
    const slice = await advanceSweep(deps, job, never);
    expect(await recordSlice(deps.db, job, slice)).toBe(true);
    return slice;
  }
  const create = async (grid: object) =>
    (await createSweep(deps, CreateSweepRequest.parse({ grid }), undefined)).id;
  const packingsOf = async (id: string) =>
    (await listCells(deps, id)).map(({ packingId }) => packingId);

  test("make nothing where they are not taken, and nothing twice where they are", async () => {
    const id = await create({ identities: [2, 3], alpha: [0], beta: [0, 0.1] });
    const before = await deps.db.$count(packings);
    const job = await claim(id);
    const lost = await advanceSweep(deps, job, never);
    // Another worker took the job meanwhile.
    await step(id);
    expect(await recordSlice(deps.db, job, lost)).toBe(false);
    const [first, second, third, fourth] = await packingsOf(id);
    expect([first, third]).toEqual([second, fourth]);
    expect(new Set([first, third, null]).size).toBe(3);
    expect(await deps.db.$count(packings)).toBe(before + 2);
    expect(await step(id)).toMatchObject({ waitSeconds: 2, event: null });
    expect(await deps.db.$count(packings)).toBe(before + 2);
    await finishJob(deps.db, await jobOf(id), "cancelled");
    expect(await jobOf(first as string)).toMatchObject({ status: "cancelled" });
  });

  test("wait until what they made ends", async () => {
    const id = await create({ identities: [2], alpha: [0] });
    await step(id);
    await step(id);
    const [packing] = await packingsOf(id);
    const far = new Date(Date.now() + 3_600_000);
    await deps.db.update(jobs).set({ dueAt: far }).where(eq(jobs.resourceId, id));
    await finishJob(deps.db, await jobOf(packing as string), "failed");
    expect((await jobOf(id)).dueAt.getTime()).toBeLessThan(far.getTime() - 60_000);
    await finishJob(deps.db, await jobOf(id), "cancelled");
  });

  test("leave failed cells to the end; retried, what failed goes on and what is gone is made anew", async () => {
    const id = await create({ identities: [2, 3], alpha: [0] });
    await step(id);
    const [failed, cancelled] = (await packingsOf(id)) as [string, string];
    const error = { type: "urn:none", detail: "no luck" };
    await finishJob(deps.db, await jobOf(failed), "failed", { error });
    await finishJob(deps.db, await jobOf(cancelled), "cancelled");
    const { completed } = await step(id);
    expect(completed).toBe(2);
    expect(await findSweep(deps, id)).toMatchObject({ cells: 2, ready: 0, failed: 2 });
    const job = await claim(id);
    const end = await advanceSweep(deps, job, never).catch((reason) => reason);
    expect(end.message).toMatch(/^2 of 2 cells failed, cell 0 for: .*no luck.*retry/);
    await recordFailure(deps.db, job, end);
    expect(await jobOf(id)).toMatchObject({ status: "failed" });

    await retryJob(deps, job.id);
    expect(await findSweep(deps, id)).toMatchObject({ status: "pending", failed: 0 });
    expect(await packingsOf(id)).toEqual([failed, null]);
    expect(await jobOf(failed)).toMatchObject({ status: "queued", error: null });
    await step(id);
    expect((await packingsOf(id))[1]).toMatch(/^pak_/);
  });
});
