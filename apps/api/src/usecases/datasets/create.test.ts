import { CreateDatasetRequest } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs } from "../../db/schema.ts";
import { useDependencies } from "../../test-dependencies.ts";
import { type Behaviour, GENERATOR, testServices } from "../../test-services.ts";
import { addGallery, addPacking, axes, OTHER_MODEL } from "../../test-sets.ts";
import { createDataset } from "./create.ts";
import { findDataset } from "./get.ts";

const behaviour: Behaviour = {};
const gateway = useDependencies(testServices(behaviour));

async function create(request: object, packingId?: string) {
  const { deps } = gateway;
  const body = { packingId: packingId ?? (await addPacking(deps, { embeddings: axes(4) })) };
  const parsed = CreateDatasetRequest.parse({ ...body, imagesPerIdentity: 3, ...request });
  const { id } = await createDataset(deps, parsed, undefined);
  return findDataset(deps, id);
}

test("it is of all identities where none are named, each an equal share of its job", async () => {
  const dataset = await create({});
  expect(dataset).toMatchObject({
    status: "pending",
    promised: 12,
    made: 0,
    spec: { identities: { from: 0, to: 4 }, align: "detect", size: 112 },
    generator: { name: GENERATOR.name, sha256: GENERATOR.sha256 },
  });
  const [job] = await gateway.deps.db.select().from(jobs).where(eq(jobs.id, dataset.jobId));
  expect(job).toMatchObject({ kind: "dataset", total: 12, resourceId: dataset.id });
});

test.each([
  [{ align: "none" }, GENERATOR.size],
  [{ align: "frame" }, 112],
  [{ align: "frame", size: 96 }, 96],
  [{ align: "detect", size: 112 }, 112],
])("pictures of %j are %d pixels wide", async (request, size) => {
  expect((await create(request)).spec.size).toBe(size);
});

test.each([
  [{ size: 96 }, "/size"],
  [{ align: "frame", filters: { maxYaw: 30 } }, "/filters"],
  [{ formats: ["verification"] }, "/formats"],
  [{ imagesPerIdentity: 100_000, identities: { from: 0, to: 2 }, formats: [] }, undefined],
])("of %j the wrong place is named", async (request, pointer) => {
  if (pointer === undefined) expect((await create(request)).promised).toBe(200_000);
  else {
    await expect(create(request)).rejects.toMatchObject({
      code: "invalid-request",
      errors: [{ pointer }],
    });
  }
});

test("identities that the packing has not, or another that there is none of, are refused", async () => {
  const beyond = create({ identities: { from: 2, to: 5 } });
  await expect(beyond).rejects.toMatchObject({ code: "not-found" });
  const alone = await addPacking(gateway.deps);
  const limited = { filters: { maxOtherSimilarity: 0.5 } };
  expect(await create(limited, alone)).toMatchObject({ spec: limited });
});

test("an axis that the generator has not is refused, whether it is a place or a deviation", async () => {
  const deviation = { yaw: 1.5 };
  expect((await create({ deviation })).spec.deviation).toEqual(deviation);
  await expect(create({ deviation: { yaw: 1, pitch: 1 } })).rejects.toMatchObject({
    code: "unsupported-condition",
    message: "generator default has no axis pitch: it has yaw",
    errors: [{ pointer: "/deviation/pitch" }],
  });
  await expect(create({ pitch: 1 })).rejects.toMatchObject({ errors: [{ pointer: "/pitch" }] });
});

test("what no image may resemble is a ready set of the packing's embedder", async () => {
  const { deps } = gateway;
  const leakage = async (setId: string) => create({ leakage: { setId, maxSimilarity: 0.5 } });
  const real = await addGallery(deps);
  expect((await leakage(real)).spec.leakage?.setId).toBe(real);
  const theirs = await addGallery(deps, { model: OTHER_MODEL });
  await expect(leakage(theirs)).rejects.toMatchObject({ code: "model-mismatch" });
  const pending = await addGallery(deps, { status: "pending" });
  await expect(leakage(pending)).rejects.toMatchObject({ code: "not-ready" });
});

test("faces without a place of their own cannot be cut out there", async () => {
  behaviour.generator = { ...GENERATOR, grounds: false };
  await expect(create({ align: "frame" })).rejects.toMatchObject({
    code: "invalid-request",
    errors: [{ pointer: "/align" }],
  });
  delete behaviour.generator;
});
