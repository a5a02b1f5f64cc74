import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { HyperFaceApiError } from "@hyperface/sdk";
import { dot } from "@hyperface/vectors";
import sharp from "sharp";
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

test("faces are aligned, and where none is found that is said after a few attempts", async () => {
  const { packings, images, embeddings } = system.hyperface;
  const settings = { count: 3, alpha: 0, iterations: 5 };
  const wait = { waitSeconds: 30 };
  const packing = await packings.create(settings, wait);
  const { images: made, failures } = await images.createAligned(packing.id, 1, { count: 2 });
  expect([made.length, failures]).toEqual([2, []]);
  const [, second] = made as [(typeof made)[0], (typeof made)[0]];
  const { width, height } = await sharp(second.bytes).metadata();
  expect([width, height]).toEqual([112, 112]);
  expect(second.provenance).toMatchObject({ sample: 1, attempts: 1, labels: { align: "detect" } });
  const alone = await images.get(packing.id, 1, 1, { align: true });
  expect(Buffer.from(alone).equals(second.bytes)).toBe(true);
  // An aligned face stands where the template has it: looked for again it is the same person.
  const query = { aligned: true };
  const [found, whole] = await Promise.all([
    embeddings.create([second.bytes], query),
    embeddings.create([await images.get(packing.id, 1, 1)]),
  ]);
  const unit = ({ images: [image] }: typeof found) => image?.faces[0]?.embedding as number[];
  expect(dot(unit(found), unit(whole))).toBeGreaterThan(0.98);
  const wrong = images.get(packing.id, 1, 0, { align: true, size: 128 }).catch(say);
  expect(await wrong).toMatch(/^invalid-request.*112 x 112/);

  // A toy network's pictures are noise.
  const toy = await packings.create({ ...settings, ...own }, wait);
  const options = { generator: "arc2face", steps: 1 };
  const none = await images.createAligned(toy.id, 0, { count: 2, ...options });
  expect(none.images).toEqual([]);
  const detail = expect.stringContaining("no face was found");
  expect(none.failures).toEqual([0, 1].map((sample) => ({ sample, attempts: 4, detail })));
  const one = images.get(toy.id, 0, 1, { align: true, ...options }).catch(say);
  expect(await one).toMatch(/^no-face.*in 4 pictures of sample 1/);
}, 60_000);

const say = ({ code, message }: HyperFaceApiError) => `${code}: ${message}`;
