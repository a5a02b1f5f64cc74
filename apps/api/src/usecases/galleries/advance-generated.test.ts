import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import { claimJob } from "../../jobs/claim.ts";
import { recordSlice } from "../../jobs/record.ts";
import type { JobRow } from "../../jobs/slice.ts";
import { useDependencies } from "../../test-dependencies.ts";
import {
  type Behaviour,
  faceOf,
  GENERATOR,
  identityAt,
  testServices,
} from "../../test-services.ts";
import { readSet } from "../sets/read.ts";
import { advanceGallery } from "./advance.ts";
import { createGeneratedGallery } from "./create.ts";
import { findGallery } from "./get.ts";

/** Of the generator's identities every third shows no face. */
const look = ({ identity, embedding }: { identity: number; embedding: number[] }) =>
  identity % 3 === 2 ? [] : [faceOf(embedding)];
const behaviour: Behaviour = {};
const gateway = useDependencies(testServices(behaviour));
beforeEach(async () => {
  Object.assign(behaviour, { look, generator: GENERATOR });
  await gateway.deps.db.update(jobs).set({ finishedAt: new Date() });
});
const never = new AbortController().signal;

async function newJob(count: number): Promise<JobRow> {
  const request = { source: "generator", name: "", generator: "default", count, seed: 1 } as const;
  await createGeneratedGallery(gateway.deps, request, undefined);
  return (await claimJob(gateway.deps.db, "me")) as JobRow;
}

/** Slices of so many seconds, until the gallery is whole. */
async function make(count: number, sliceSeconds: number) {
  const deps = { ...gateway.deps, sliceSeconds };
  let job = await newJob(count);
  for (let slices = 1; ; slices++) {
    const slice = await advanceGallery(deps, job, never);
    expect(await recordSlice(deps.db, job, slice)).toBe(true);
    if (slice.done) return { slices, ...(await readSet(deps, job.resourceId)) };
    await deps.db
      .update(jobs)
      .set({ dueAt: new Date(0) })
      .where(eq(jobs.id, job.id));
    job = (await claimJob(deps.db, "me")) as JobRow;
  }
}

test("draws without a face are passed over, and how it was sliced does not show", async () => {
  const whole = await make(20, 60);
  const cut = await make(20, 0.000_001);
  expect(whole.slices).toBe(1);
  expect(cut.slices).toBeGreaterThan(2);
  const kept = Array.from({ length: 30 }, (_, k) => k).filter((k) => k % 3 !== 2);
  const expected = Float32Array.from(kept.slice(0, 20).flatMap((k) => identityAt(k + 1)));
  expect(whole.embeddings).toEqual(expected);
  expect(cut.embeddings).toEqual(expected);
});

test("a generator that draws hardly any face is given up", async () => {
  behaviour.look = ({ identity, embedding }) => (identity % 64 === 0 ? [faceOf(embedding)] : []);
  const job = await newJob(20);
  const deps = { ...gateway.deps, sliceSeconds: 60 };
  await expect(advanceGallery(deps, job, never)).rejects.toMatchObject({
    code: "no-face",
    message: expect.stringMatching(/^only \d+ of \d+ images of generator default show a face$/),
  });
});

test("a generator that was replaced on the way is refused", async () => {
  const job = await newJob(2);
  behaviour.generator = { ...GENERATOR, sha256: "3".repeat(64) };
  await expect(advanceGallery(gateway.deps, job, never)).rejects.toMatchObject({
    code: "model-mismatch",
  });
});

test("one that goes on on a machine of another arithmetic says so", async () => {
  const { deps } = gateway;
  const job = await newJob(20);
  const first = await advanceGallery({ ...deps, sliceSeconds: 0.000_001 }, job, never);
  expect(first).toMatchObject({ done: false, event: {} });
  await recordSlice(deps.db, job, first);
  const { arithmetic: before } = await findGallery(deps, job.resourceId);
  expect(before).toHaveLength(1);

  behaviour.generator = { ...GENERATOR, arithmetic: "elsewhere" };
  await deps.db
    .update(jobs)
    .set({ dueAt: new Date(0) })
    .where(eq(jobs.id, job.id));
  const next = (await claimJob(deps.db, "other")) as JobRow;
  const last = await advanceGallery(deps, next, never);
  expect(last.event).toEqual({ arithmetic: [...before, expect.stringMatching(/^elsewhere; /)] });
  await recordSlice(deps.db, next, last);
  expect((await findGallery(deps, job.resourceId)).arithmetic).toEqual(
    (last.event as { arithmetic?: string[] }).arithmetic,
  );
});
