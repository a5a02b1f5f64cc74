import {
  CreatePackingRequest,
  type PackingSliceRequest,
  type PackingSliceResponse,
} from "@hyperface/contracts";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jobs, looseObjects } from "../db/schema.ts";
import type { Dependencies } from "../dependencies.ts";
import { DATABASES, metricsAt, openTestDependencies } from "../test-dependencies.ts";
import { createPacking } from "../usecases/packings/create.ts";
import { findPacking } from "../usecases/packings/get.ts";
import { claimJob } from "./claim.ts";
import { collectObjects } from "./objects.ts";
import { recordFailure, recordSlice } from "./record.ts";
import type { JobRow } from "./slice.ts";
import { advanceJob, SLICES } from "./worker.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe.each(DATABASES)("a slice that outlives its lease (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let deps: Dependencies;
  /** What the next slice of the optimizer comes to, and when. */
  let nextSlice: (request: PackingSliceRequest) => Promise<Partial<PackingSliceResponse>>;

  beforeAll(async () => {
    open = await openTestDependencies(database, {
      async optimizer(request) {
        const slice = (await request.json()) as PackingSliceRequest;
        const metrics = metricsAt(slice.reportAfter + 1);
        const answer: PackingSliceResponse = {
          checkpointKey: slice.outputKey,
          resultKey: null,
          done: false,
          metrics,
          history: [metrics],
          arithmetic: [],
          seconds: 1,
          writeSeconds: 0,
          ...(await nextSlice(slice)),
        };
        return Response.json(answer);
      },
    });
    deps = open.deps;
  });
  afterAll(() => open?.close());

  const writing = (text: string, iteration: number) => async (slice: PackingSliceRequest) => {
    await deps.store.put(slice.outputKey, bytes(text));
    return { metrics: metricsAt(iteration) };
  };
  /** The lease of whoever has it ends, as it does where heartbeats do not come through. */
  const lapse = () => deps.db.update(jobs).set({ dueAt: sql`now()` });
  const waitAbout = (job: JobRow) =>
    deps.db.select().from(looseObjects).where(eq(looseObjects.jobId, job.id));
  const never = new AbortController().signal;

  async function claimNew() {
    await createPacking(deps, CreatePackingRequest.parse({ count: 2, alpha: 0 }), undefined);
    return (await claimJob(deps.db, "first")) as JobRow;
  }

  async function rowsOf({ id, resourceId }: JobRow) {
    const [job] = await deps.db.select().from(jobs).where(eq(jobs.id, id));
    const { metrics, status } = await findPacking(deps, resourceId);
    return { job: job as JobRow, metrics, status };
  }
  const checkpointOf = ({ state }: JobRow) => deps.store.get(state.checkpoint as string);

  test("is not taken, whatever it came to, and its objects are collected", async () => {
    const mine = await claimNew();
    nextSlice = writing("stale", 90);
    const stale = await SLICES.packing(deps, mine, never);

    await lapse();
    const theirs = (await claimJob(deps.db, "second")) as JobRow;
    expect(theirs).toMatchObject({ id: mine.id, version: mine.version, claimedBy: "second" });
    // While the other has it, and after it has moved on.
    expect(await recordSlice(deps.db, mine, stale)).toBe(false);
    nextSlice = writing("taken", 10);
    await advanceJob(deps, theirs, never);
    const before = await rowsOf(mine);
    expect(before.job).toMatchObject({ version: 1, completed: 10, claimedBy: null });
    expect(before.metrics).toMatchObject({ iteration: 10 });
    expect(await recordSlice(deps.db, mine, { ...stale, done: true })).toBe(false);
    await recordFailure(deps.db, mine, new TypeError("too late"));
    expect(await rowsOf(mine)).toEqual(before);
    expect(await checkpointOf(before.job)).toEqual(Buffer.from("taken"));

    const staleKey = stale.state.checkpoint as string;
    expect(await deps.store.get(staleKey)).toEqual(Buffer.from("stale"));
    await deps.db
      .update(looseObjects)
      .set({ expiresAt: sql`${looseObjects.expiresAt} - interval '3 hours'` });
    await collectObjects(deps);
    expect(await deps.store.exists(staleKey)).toBe(false);
    expect(await checkpointOf(before.job)).toEqual(Buffer.from("taken"));
    expect((await waitAbout(mine)).map(({ key }) => key)).toEqual([before.job.state.checkpoint]);

    // And the next slice goes on from what was taken.
    nextSlice = async (slice) => {
      expect(slice.checkpointKey).toBe(before.job.state.checkpoint);
      return writing("next", 20)(slice);
    };
    await advanceJob(deps, (await claimJob(deps.db, "first")) as JobRow, never);
    expect((await rowsOf(mine)).job).toMatchObject({ version: 2, completed: 20 });
    await deps.db.delete(looseObjects);
    await deps.db.update(jobs).set({ status: "cancelled" });
  });

  test("is ended where its worker hears of it, and the job goes on in the other's hands", async () => {
    const mine = await claimNew();
    let stale = Promise.resolve();
    await new Promise<void>((asked) => {
      nextSlice = () => new Promise(() => asked());
      stale = advanceJob(deps, mine, never);
    });
    await lapse();
    const theirs = (await claimJob(deps.db, "second")) as JobRow;
    nextSlice = writing("taken", 10);
    // Told by the other's progress: the worker's next heartbeat finds the job another's.
    await advanceJob(deps, theirs, never);
    await stale;
    const { job, status } = await rowsOf(mine);
    expect(job).toMatchObject({ version: 1, completed: 10, attempts: 0, status: "running" });
    expect(status).toBe("pending");
    await deps.db.update(jobs).set({ status: "cancelled" });
  });
});
