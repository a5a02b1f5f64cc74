import { encodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const DIMENSION = 512;
let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let gallery: string;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home);
  gallery = await upload(random(60, 1));
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

const random = (count: number, seed: number) =>
  normaliseRows(randomStream(seed, "test").gaussian(count * DIMENSION), DIMENSION);

async function upload(data: Float32Array): Promise<string> {
  const body = encodeNpy({ data, shape: [data.length / DIMENSION, DIMENSION] });
  const headers = { "content-type": "application/x-npy" };
  const answer = await fetch(`${system.url}/v1/galleries`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function pack(body: Parameters<System["hyperface"]["packings"]["create"]>[0]) {
  const packing = await system.hyperface.packings.create(body, { waitSeconds: 60 });
  await system.hyperface.jobs.wait(packing.jobId);
  return packing.id;
}

/** The bytes of a set's first vectors. */
async function rowsOf(kind: "galleries" | "packings", id: string, count: number) {
  const npy = Buffer.from(await system.hyperface[kind].embeddingsNpy(id));
  return npy.subarray(128, 128 + 4 * DIMENSION * count);
}

test.each([
  [24, 20],
  [256, 8],
  [2000, 3],
])(
  "%d frozen identities are bit for bit what they were, extended three times in a row",
  async (count, iterations) => {
    const settings = { near: gallery, iterations, seed: 0 };
    let earlier = await pack({ ...settings, count });
    const first = await rowsOf("packings", earlier, count);
    for (let k = 1; k <= 3; k++) {
      const before = await rowsOf("packings", earlier, count + k - 1);
      earlier = await pack({ ...settings, count: count + k, extends: earlier });
      expect(before.equals(await rowsOf("packings", earlier, count + k - 1))).toBe(true);
    }
    expect(first.equals(await rowsOf("packings", earlier, count))).toBe(true);
  },
  240_000,
);

test("a set keeps its bits through every door: upload, gallery, start, packing", async () => {
  const data = random(300, 7);
  const bytes = Buffer.from(data.buffer);
  const id = await upload(data);
  expect(bytes.equals(await rowsOf("galleries", id, 300))).toBe(true);
  const packing = await pack({ start: id, count: 300, alpha: 0, iterations: 0 });
  expect(bytes.equals(await rowsOf("packings", packing, 300))).toBe(true);
  const { embeddings } = await system.hyperface.packings.embeddings(packing);
  const again = await system.hyperface.galleries.create({ source: "upload", embeddings });
  expect(bytes.equals(await rowsOf("galleries", again.id, 300))).toBe(true);
});

describe("any set is taken by its id", () => {
  let packing: string;
  beforeAll(async () => {
    packing = await pack({ near: gallery, count: 8, iterations: 30 });
  });

  test("a packing as gallery, start, repelled set and extension", async () => {
    const settings = { iterations: 30, near: packing };
    const { packings } = system.hyperface;
    const made = await packings.get(
      await pack({
        ...settings,
        count: 8,
        start: packing,
        repel: { set: packing, minimumDistance: 0.5 },
      }),
    );
    expect(made).toMatchObject({ near: packing, start: packing, extends: null });
    expect(made.repel).toEqual({ set: packing, minimumDistance: 0.5 });
    const { repelled } = await packings.certificate(made.id);
    expect(repelled).toMatchObject({ set: packing, minimumDistance: 0.5 });
    const extended = await packings.get(await pack({ ...settings, count: 12, extends: packing }));
    expect(extended).toMatchObject({ extends: packing, start: "gallery" });
  });

  test("a gallery as extension", async () => {
    const extended = await pack({ near: gallery, count: 64, extends: gallery, iterations: 10 });
    const before = await rowsOf("galleries", gallery, 60);
    expect(before.equals(await rowsOf("packings", extended, 60))).toBe(true);
  });

  test("a gallery has a certificate as a packing has", async () => {
    const { galleries, packings } = system.hyperface;
    const certificate = await galleries.certificate(gallery);
    const start = await pack({ start: gallery, count: 60, alpha: 0, iterations: 0 });
    const { set, ...same } = await packings.certificate(start);
    expect(set).toBe(start);
    expect(certificate.set).toBe(gallery);
    expect(certificate).toMatchObject({ ...same, regulariser: null });
  });

  test("but a path of galleries or packings is of its own kind alone", async () => {
    for (const path of [
      `/v1/packings/${gallery}/identities`,
      `/v1/packings/${gallery}/identities/0`,
      `/v1/packings/${gallery}/identities/0/images/0`,
      `/v1/packings/${gallery}/embeddings`,
      `/v1/packings/${gallery}/certificate`,
      `/v1/galleries/${packing}/embeddings`,
      `/v1/galleries/${packing}/certificate`,
    ]) {
      const answer = await fetch(system.url + path);
      expect(answer.status, path).toBe(404);
    }
  });

  test("a packing without any set is of the embedder asked for", async () => {
    const made = await system.hyperface.packings.get(
      await pack({ model: "mobilefacenet-192", count: 20, alpha: 0, iterations: 5 }),
    );
    expect(made).toMatchObject({ dimension: 192, start: "random", near: null });
    const answer = system.hyperface.packings.create({ near: made.id, extends: packing, count: 30 });
    await expect(answer).rejects.toMatchObject({ status: 422, code: "model-mismatch" });
  });
});
