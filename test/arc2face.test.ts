import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { HyperFaceApiError } from "@hyperface/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

// Toy models that training/export_arc2face.py made: 24 numbers in place of 512, 64 pixels in place of 512.
const MODELS_DIR = fileURLToPath(
  new URL("../apps/generate-svc/fixtures/arc2face/models", import.meta.url),
);
const face = await readFile(new URL("../apps/embed-svc/fixtures/face.png", import.meta.url));
const own = { model: "arc2face-arcface" };

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, { MODELS_DIR });
}, 60_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

test("both models are told, of one embedding", async () => {
  const { embedders, generators } = await system.hyperface.models.list();
  const generator = generators.find(({ name }) => name === "arc2face");
  const embedder = embedders.find(({ name }) => name === own.model);
  expect(generator?.embedder).toEqual({ name: own.model, sha256: embedder?.sha256 });
  expect(generator?.embeddingDimension).toBe(embedder?.dimension);
});

test("from photographs to images, by the embedder that the generator names", async () => {
  const { embeddings, galleries, packings, images } = system.hyperface;
  const found = await embeddings.create([face], own);
  const [embedding] = found.images[0]?.faces.map((one) => one.embedding) ?? [];
  expect(embedding).toHaveLength(24);
  const vectors = { embeddings: [embedding as number[]], ...own };
  const gallery = await galleries.create({ source: "upload", ...vectors });
  expect(gallery.model.name).toBe(own.model);
  const settings = { near: gallery.id, count: 4, iterations: 20 } as const;
  const packing = await packings.create(settings, { waitSeconds: 30 });
  expect(packing).toMatchObject({ status: "ready", dimension: 24, model: { name: own.model } });
  const sampling = { steps: 2, guidance: 2 };
  const options = { generator: "arc2face", ...sampling };
  const [first] = await images.create(packing.id, 1, { count: 1, ...options });
  expect(first?.provenance).toMatchObject({ embedder: { name: own.model }, sampling });
  const again = await images.get(packing.id, 1, 0, options);
  expect(Buffer.from(again).equals(first?.bytes as Uint8Array)).toBe(true);
}, 60_000);

test("what mixes the models is refused, and says which go together", async () => {
  const { packings, galleries, images } = system.hyperface;
  const settings = { count: 3, alpha: 0, iterations: 5 };
  const wait = { waitSeconds: 30 };
  const [ours, theirs] = await Promise.all([
    packings.create({ ...settings, ...own }, wait),
    packings.create(settings, wait),
  ]);
  const draw = (id: string, generator: string) => images.get(id, 0, 0, { generator }).catch(say);
  expect(await draw(ours.id, "default")).toMatch(
    /^model-mismatch.*mobilefacenet-512.*arc2face-arcface/,
  );
  expect(await draw(theirs.id, "arc2face")).toMatch(
    /^model-mismatch.*arc2face-arcface.*mobilefacenet-512/,
  );
  const short = { source: "upload" as const, embeddings: [[1, 0, 0]], ...own };
  expect(await galleries.create(short).catch(say)).toMatch(/^dimension-mismatch.*24/);
  const mixed = packings.create({ ...settings, alpha: 1, near: theirs.id, extends: ours.id });
  expect(await mixed.catch(say)).toMatch(/^model-mismatch/);
  const unknown = packings.create({ ...settings, model: "arc2face-arc" }).catch(say);
  expect(await unknown).toMatch(
    /^unknown-model.*mobilefacenet-512, mobilefacenet-192, arc2face-arcface/,
  );
});

const say = ({ code, message }: HyperFaceApiError) => `${code}: ${message}`;
