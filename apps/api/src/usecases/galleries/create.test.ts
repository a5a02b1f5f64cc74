import { NPY, SAFETENSORS } from "@hyperface/contracts";
import { encodeNpy, encodeSafetensors } from "@hyperface/formats";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { jobs, looseObjects } from "../../db/schema.ts";
import { DIMENSION, EMBEDDER, useDependencies } from "../../test-dependencies.ts";
import { GENERATOR, testServices } from "../../test-services.ts";
import { readSet } from "../sets/read.ts";
import {
  createGeneratedGallery,
  createUploadedGallery,
  readVectors,
  stackVectors,
} from "./create.ts";
import { findGallery } from "./get.ts";

const gateway = useDependencies(testServices());
const upload = (rows: number[][]) => {
  const request = { name: "mine", model: EMBEDDER.name, vectors: stackVectors(rows) } as const;
  return createUploadedGallery(gateway.deps, request, undefined);
};

test("an upload is ready at once, of unit length, and nothing of it is left to be collected", async () => {
  const { deps } = gateway;
  const { id } = await upload([
    [3, 0, 0, 4],
    [0, 0, 2, 0],
  ]);
  const { embeddings } = await readSet(deps, id);
  expect(embeddings).toEqual(Float32Array.of(0.6, 0, 0, 0.8, 0, 0, 1, 0));
  expect(await findGallery(deps, id)).toMatchObject({ status: "ready", count: 2, jobId: null });
  expect(await deps.db.select().from(looseObjects)).toEqual([]);
});

test("rows of different length, or of another than the embedder's, are refused by their place", async () => {
  const odd = [
    [1, 0, 0, 0],
    [1, 0, 0],
  ];
  expect(() => stackVectors(odd)).toThrow(
    expect.objectContaining({
      code: "dimension-mismatch",
      errors: [{ pointer: "/embeddings/1", detail: "it has 3 numbers, the first has 4" }],
    }),
  );
  await expect(upload([[1, 0, 0]])).rejects.toMatchObject({ code: "dimension-mismatch" });
  await expect(upload([[0, 0, 0, 0]])).rejects.toMatchObject({ code: "invalid-vector" });
});

test("one of the generator's faces is a job of as many steps, of the generator's own embedder", async () => {
  const { deps } = gateway;
  const request = {
    source: "generator",
    name: "",
    generator: "default",
    count: 9,
    seed: 5,
  } as const;
  const { id } = await createGeneratedGallery(deps, request, undefined);
  expect(await findGallery(deps, id)).toMatchObject({
    status: "pending",
    dimension: DIMENSION,
    model: GENERATOR.embedder,
    generator: { name: GENERATOR.name, sha256: GENERATOR.sha256 },
    seed: 5,
  });
  const [job] = await deps.db.select().from(jobs).where(eq(jobs.resourceId, id));
  expect(job).toMatchObject({ kind: "gallery", status: "queued", total: 9 });
  const unknown = createGeneratedGallery(deps, { ...request, generator: "none" }, undefined);
  await expect(unknown).rejects.toMatchObject({ code: "unknown-model" });
});

test("vectors of a file are the same whatever its format", () => {
  const embeddings = { data: Float32Array.of(1, 0, 0, 2), shape: [2, 2] };
  const others = { data: Int32Array.of(1), shape: [1] };
  const file = encodeSafetensors({ tensors: { others, embeddings } });
  expect(readVectors(file, SAFETENSORS).vectors).toEqual(embeddings);
  expect(readVectors(encodeNpy(embeddings), NPY).vectors).toEqual(embeddings);
  const without = encodeSafetensors({ tensors: { others } });
  const malformed = expect.objectContaining({ code: "malformed-body" });
  expect(() => readVectors(without, SAFETENSORS)).toThrow(malformed);
  expect(() => readVectors(file, NPY)).toThrow(malformed);
});

test.each([
  ["nothing", {}, true],
  ["its name", { model: EMBEDDER.name }, true],
  ["its name and hash", { model: EMBEDDER.name, sha256: EMBEDDER.sha256 }, true],
  [
    "what a dataset's embeddings do",
    { model: JSON.stringify({ name: EMBEDDER.name, sha256: EMBEDDER.sha256 }) },
    true,
  ],
  ["another's in those words", { model: `{"name":"x","sha256":"${"5".repeat(64)}"}` }, false],
  ["another name", { model: "mobilefacenet-192" }, false],
  ["another hash", { model: EMBEDDER.name, sha256: "5".repeat(64) }, false],
])("a file that says %s of its embedder", async (_, metadata, isTaken) => {
  const embeddings = { data: Float32Array.of(1, 0, 0, 0), shape: [1, 4] };
  const file = encodeSafetensors({ tensors: { embeddings }, metadata });
  const upload = { name: "", model: EMBEDDER.name, ...readVectors(file, SAFETENSORS) };
  const made = createUploadedGallery(gateway.deps, upload, undefined);
  if (isTaken) expect(await made).toHaveProperty("id");
  else await expect(made).rejects.toMatchObject({ code: "model-mismatch" });
});
