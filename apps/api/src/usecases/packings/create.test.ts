import { CreatePackingRequest, resolvePacking } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import { DIMENSION, EMBEDDER, useDependencies } from "../../test-dependencies.ts";
import { addGallery, addPacking, axes, OTHER_MODEL } from "../../test-sets.ts";
import { createPacking, packingSpec } from "./create.ts";
import { findPacking } from "./get.ts";

const gateway = useDependencies();

async function create(request: object) {
  const { id } = await createPacking(gateway.deps, CreatePackingRequest.parse(request), undefined);
  return findPacking(gateway.deps, id);
}

test("without a set it is of the embedder, and starts at random", async () => {
  const packing = await create({ count: 6, alpha: 0, iterations: 30 });
  expect(packing).toMatchObject({
    status: "pending",
    count: 6,
    dimension: DIMENSION,
    model: { name: EMBEDDER.name, sha256: EMBEDDER.sha256 },
    start: "random",
    near: null,
  });
  const [job] = await gateway.deps.db.select().from(jobs).where(eq(jobs.id, packing.jobId));
  expect(job).toMatchObject({ kind: "packing", resourceId: packing.id, total: 30 });
});

test.each([
  [{ count: 20_000 }, 512, "code", 0],
  [{ count: 100_000 }, 512, "code", 0],
  [{ count: 5000 }, 128, "code", 0],
  [{ count: 10_000 }, 512, "random", 1000],
  [{ count: 20_000, iterations: 40 }, 512, "random", 40],
  [{ count: 20_000 }, 500, "random", 1000],
] as const)("%j of %d dimensions without a set starts at %s", (asked, dimension, start, steps) => {
  const request = CreatePackingRequest.parse({ ...asked, alpha: 0 });
  const spec = packingSpec(request, { dimension });
  expect(resolvePacking(spec)).toMatchObject({ start, iterations: steps });
});

test("with a budget its job counts seconds", async () => {
  const packing = await create({ count: 6, alpha: 0, budgetSeconds: 2.5 });
  expect(packing.spec).toMatchObject({ budgetSeconds: 2.5 });
  const [job] = await gateway.deps.db.select().from(jobs).where(eq(jobs.id, packing.jobId));
  expect(job).toMatchObject({ kind: "packing", total: 3 });
});

test("near a gallery it starts there, and any set may be where it starts", async () => {
  const { deps } = gateway;
  const near = await addGallery(deps);
  expect(await create({ count: 2, near })).toMatchObject({ near, start: "gallery" });
  const start = await addPacking(deps);
  const packing = await create({ count: 2, near, start });
  expect(packing).toMatchObject({ start, spec: { start: "set" } });
  await expect(create({ count: 3, near, start })).rejects.toMatchObject({
    code: "invalid-packing",
    message: expect.stringContaining(`${start} has 2 vectors to start from, for 3 identities`),
  });
});

test("the vectors of the set that it extends are its first identities", async () => {
  const extended = await addPacking(gateway.deps, { embeddings: axes(3) });
  const packing = await create({ count: 5, alpha: 0, extends: extended });
  expect(packing).toMatchObject({ extends: extended, spec: { frozen: 3, count: 5 } });
  await expect(create({ count: 3, alpha: 0, extends: extended })).rejects.toMatchObject({
    code: "invalid-packing",
    errors: [{ pointer: "/extends", detail: expect.stringContaining("count includes them") }],
  });
});

test.each([
  [{ count: 4 }, "set alpha to 0"],
  [{ count: 4, alpha: 0, start: "gallery" }, 'start at "random"'],
  [{ count: 4, alpha: 0, method: "paper", start: "code", iterations: 1 }, "power of 2"],
])("%j says what would be right", async (request, right) => {
  await expect(create(request)).rejects.toMatchObject({
    code: "invalid-packing",
    message: expect.stringContaining(right),
  });
});

test("all sets are of one embedder, which model may only repeat", async () => {
  const { deps } = gateway;
  const [ours, theirs] = [await addGallery(deps), await addGallery(deps, { model: OTHER_MODEL })];
  const mixed = create({ count: 2, near: ours, repel: { set: theirs, minimumDistance: 0.5 } });
  await expect(mixed).rejects.toMatchObject({ code: "model-mismatch" });
  await expect(create({ count: 2, near: ours, model: OTHER_MODEL.name })).rejects.toMatchObject({
    code: "model-mismatch",
    message: expect.stringContaining("leave model out"),
  });
  expect(await create({ count: 2, near: theirs })).toMatchObject({ model: OTHER_MODEL });
});

test("what keeps away, and how far, is told", async () => {
  const real = await addGallery(gateway.deps);
  const repel = { set: real, minimumDistance: 0.5 };
  expect(await create({ count: 2, alpha: 0, repel })).toMatchObject({
    repel,
    spec: { repel: { minimumDistance: 0.5 } },
  });
});

test("a set that is not ready makes none", async () => {
  const near = await addGallery(gateway.deps, { status: "pending" });
  await expect(create({ count: 2, near })).rejects.toMatchObject({ code: "not-ready" });
});
