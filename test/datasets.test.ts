import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CreateDatasetRequest, Dataset, Provenance } from "@hyperface/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  collect,
  download,
  filesOf,
  make,
  makePacking,
  manifestOf,
  type Place,
  type Row,
  sha256,
} from "./dataset-client.ts";
import { type System, startOne, temporaryHome } from "./servers.ts";

/** A Python with test/readers/requirements.txt. */
const python = process.env.HYPERFACE_PYTHON;
const readers = fileURLToPath(new URL("./readers/read.py", import.meta.url));

const IDENTITIES = 20;
const IMAGES = 2;
const COUNT = IDENTITIES * IMAGES;

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let recipe: CreateDatasetRequest;
let dataset: Dataset;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, { SLICE_SECONDS: "1" });
  recipe = {
    packingId: await makePacking(system.hyperface, 2 + IDENTITIES),
    identities: { from: 2, to: 2 + IDENTITIES },
    imagesPerIdentity: IMAGES,
    beta: 0.01,
    seed: 5,
    formats: ["webdataset", "folder", "recordio", "parquet", "verification"],
    imagesPerShard: 15,
    ground: "none",
    deviation: { yaw: 1.5 },
  };
  dataset = await make(system.hyperface, recipe);
}, 240_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

describe("a dataset of every format", () => {
  test("has the images that were promised", () => {
    expect(dataset).toMatchObject({
      status: "ready",
      promised: COUNT,
      made: COUNT,
      missing: 0,
      warnings: [],
      spec: { size: 112, align: "detect", imageFormat: "jpeg" },
    });
    expect(dataset.attempts).toBeGreaterThanOrEqual(dataset.made);
  });

  test("names its files with their hashes", async () => {
    const files = await filesOf(system.hyperface, dataset.id);
    for (const { data, bytes, sha256: hash } of files.values()) {
      expect(data.length).toBe(bytes);
      expect(sha256(data)).toBe(hash);
    }
    const shards = (stem: string, extension: string) =>
      [0, 1, 2].map((k) => `${stem}-0000${k}.${extension}`);
    expect([...files.keys()]).toEqual(
      [
        "dataset.json",
        "embeddings.safetensors",
        ...shards("folder/images", "tar"),
        ...shards("manifest/manifest", "jsonl"),
        ...shards("manifest/manifest", "parquet"),
        "missing.jsonl",
        ...["parquet/README.md", ...shards("parquet/data/train", "parquet")],
        ...["recordio/property", "recordio/train.idx", "recordio/train.rec"],
        "verification/pairs.bin",
        ...shards("webdataset/train", "tar"),
      ].sort(),
    );
    expect(files.get("recordio/property")?.data.toString()).toBe("20,112,112");
    const card = files.get("parquet/README.md")?.data.toString();
    expect(card).toContain("; yaw normal about 0 with deviation 1.5, truncated to -3 to 3;");
  });

  test("its manifest says where each image is in each export", async () => {
    const files = await filesOf(system.hyperface, dataset.id);
    const rows = await manifestOf(system.hyperface, dataset.id);
    expect(rows.map(({ identity, sample }) => [identity, sample])).toEqual(
      Array.from({ length: COUNT }, (_, k) => [2 + Math.floor(k / IMAGES), k % IMAGES]),
    );
    const index = files.get("recordio/train.idx")?.data.toString().split("\n") ?? [];
    for (const [k, row] of rows.entries()) {
      expect(row.label).toBe(row.identity - 2);
      for (const format of ["webdataset", "folder", "recordio"]) {
        const { file, offset, length } = row[format] as Place;
        if (offset === null) continue;
        const bytes = files.get(file)?.data.subarray(offset, offset + length) as Buffer;
        expect(sha256(bytes)).toBe(row.sha256);
        expect(bytes.length).toBe(row.bytes);
      }
      const { row: record, offset } = row.recordio as Place;
      expect(record).toBe(k);
      if (offset !== null) expect(index[1 + k]).toBe(`${k + 1}\t${offset - 32}`);
    }
    expect(rows.filter((row) => (row.recordio as Place).offset !== null).length).toBeGreaterThan(
      35,
    );
  });

  test("its rows tell how good each image is, in numbers that its embedding gives", async () => {
    const { hyperface } = system;
    const rows = await manifestOf(hyperface, dataset.id);
    const files = await filesOf(hyperface, dataset.id);
    const { embeddings: references } = await hyperface.packings.embeddings(recipe.packingId);
    const some = rows.slice(0, 8);
    const images = some.map((row) => {
      const { file, offset, length } = row.webdataset as Place;
      return files
        .get(file)
        ?.data.subarray(offset as number, (offset as number) + length) as Buffer;
    });
    const found = await hyperface.embeddings.create(images, { aligned: true });
    for (const [k, row] of some.entries()) {
      const embedding = found.images[k]?.faces[0]?.embedding as number[];
      const cosines = references.map((x) =>
        x.reduce((sum, v, i) => sum + v * (embedding[i] as number), 0),
      );
      // The manifest's is of the pixels before they became a JPEG.
      expect(row.similarity).toBeCloseTo(cosines[row.identity] as number, 1);
      const others = cosines.map((cosine, i) => (i === row.identity ? -2 : cosine));
      expect(row.nearestOtherSimilarity).toBeCloseTo(Math.max(...others), 1);
      expect(row.nearestOther).not.toBe(row.identity);
      expect(row.detectionScore).toBeGreaterThan(0.7);
      // The file does not say that its face was enlarged from fewer pixels.
      const short = (found.images[k]?.faces[0]?.quality.value as number) - row.quality;
      expect(short).toBeGreaterThan(-0.03);
      expect(short).toBeLessThan(0.2);
      expect(row.landmarks).toHaveLength(5);
      expect(Math.abs(row.yaw)).toBeLessThan(60);
    }
    const mean = rows.reduce((sum, row) => sum + row.similarity, 0) / rows.length;
    expect(mean).toBeGreaterThan(0.3);
  });

  test("every row makes its image again, byte for byte", async () => {
    const { datasets } = system.hyperface;
    const some = await datasets.verify(dataset.id, { first: 1, count: 4, step: 9 });
    expect(some).toEqual({ checked: 4, equal: 4, different: [], next: 37 });
    const rest = await datasets.verify(dataset.id, { first: 38, count: 200 });
    expect(rest).toEqual({ checked: 2, equal: 2, different: [], next: null });
  });

  test("its certificate has the manifest's figures, and is a page with its pictures", async () => {
    const { datasets, packings } = system.hyperface;
    const rows = await manifestOf(system.hyperface, dataset.id);
    const certificate = await datasets.certificate(dataset.id);
    const similarities = rows.map(({ similarity }) => similarity).sort((a, b) => a - b);
    expect(certificate).toMatchObject({ identities: IDENTITIES, promised: COUNT, made: COUNT });
    expect(certificate.images.similarity).toMatchObject({
      mean: expect.closeTo(similarities.reduce((a, b) => a + b, 0) / COUNT, 9),
      smallest: similarities[0],
      largest: similarities.at(-1),
    });
    // Of a dataset whose references were not drawn.
    expect(new Set(rows.map((row) => row.drawnSimilarity))).toEqual(new Set([1]));
    const ones = { mean: 1, smallest: 1, p05: 1, p50: 1, p95: 1, largest: 1 };
    const places = rows.map(({ provenance }) => (provenance as Provenance).axes.yaw as number);
    expect(certificate.images.axes?.yaw).toMatchObject({
      mean: expect.closeTo(places.reduce((a, b) => a + b, 0) / COUNT, 9),
      largest: Math.max(...places),
    });
    expect(certificate.spec).toEqual(dataset.spec);
    expect(certificate.drawn).toEqual({ draw: 0, cosine: ones, farthest: 2 });
    const { between, within, verification } = certificate.separation;
    expect(between).toMatchObject({ identities: IDENTITIES });
    expect(within?.diversity.mean).toBeLessThan(0.8);
    expect(verification).toMatchObject({ identities: IDENTITIES, genuinePairs: IDENTITIES });
    const { metrics } = await packings.get(recipe.packingId);
    expect(certificate.packing.maxCosine).toBe(metrics?.maxCosine);
    expect(certificate.leakage).toEqual([]);
    const path = `${system.url}/v1/datasets/${dataset.id}/certificate`;
    const again = await fetch(path);
    const etag = again.headers.get("etag") as string;
    expect(await again.json()).toEqual(certificate);
    expect((await fetch(path, { headers: { "if-none-match": etag } })).status).toBe(304);
    const asPage = { accept: "text/html", "if-none-match": etag };
    expect((await fetch(path, { headers: asPage })).status).toBe(200);
    const page = await datasets.certificatePage(dataset.id);
    expect(page).toContain(`Certificate of ${dataset.id}`);
    expect(page).toContain("Nothing was drawn (draw 0)");
    const pictures = [...page.matchAll(/src="data:image\/jpeg;base64,([^"]+)"/g)];
    const kept = new Set(rows.map(({ sha256: hash }) => hash));
    expect(pictures).toHaveLength(8 * IMAGES);
    for (const [, data = ""] of pictures) {
      expect(kept).toContain(sha256(Buffer.from(data, "base64")));
    }
    expect(page.replaceAll(/base64,[^"]+/g, "")).not.toMatch(/NaN|undefined|https?:/);
  });

  test.skipIf(!python)(
    "the libraries that it is made for read every export as the manifest has it",
    async () => {
      const folder = join(place.home, "downloaded");
      for (const [name, { data }] of await filesOf(system.hyperface, dataset.id)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), data);
      }
      const rows = await manifestOf(system.hyperface, dataset.id);
      const read = async (kind: string, path: string) => {
        const args = [readers, kind, join(folder, path)];
        return JSON.parse((await promisify(execFile)(python as string, args)).stdout);
      };
      expect(
        (await read("webdataset", "webdataset")).map((found: unknown[]) => found.slice(0, 3)),
      ).toEqual(rows.map(({ key, label, sha256: hash }) => [key, label, hash]));
      const { images } = await read("recordio", "recordio");
      expect(images).toEqual(rows.map(({ label, sha256: hash }, k) => [k + 1, label, k + 1, hash]));
      expect((await read("dataset", "parquet")).rows).toEqual(
        rows.map(({ key, label, sha256: hash }) => [`${key}.jpg`, label, hash]),
      );
      const { same, digests } = await read("bin", "verification/pairs.bin");
      const owner = new Map(rows.map(({ sha256: hash, label }) => [hash, label]));
      expect(same.length).toBeGreaterThan(0);
      for (const [k, genuine] of same.entries()) {
        const [a, b] = [2 * k, 2 * k + 1].map((at) => owner.get(digests[at]));
        expect(a === b && a !== undefined).toBe(genuine);
      }
      const { rows: table } = await read("manifest", "manifest/manifest-00000.parquet");
      for (const [k, row] of table.entries()) {
        const { key, sha256: hash, similarity } = rows[k] as Row;
        expect(row).toMatchObject({ key, sha256: hash, similarity });
      }
    },
  );

  test("a file is served in ranges, with its hash", async () => {
    const { url } = system;
    const whole = await download(system.hyperface, dataset.id, "recordio/train.rec");
    const path = `${url}/v1/datasets/${dataset.id}/files/recordio/train.rec`;
    const get = (headers: Record<string, string>) => fetch(path, { headers });
    const first = await fetch(path);
    expect(first.headers.get("etag")).toBe(`"${sha256(whole)}"`);
    expect(first.headers.get("content-length")).toBe(String(whole.length));
    expect(first.headers.get("content-disposition")).toBe('attachment; filename="train.rec"');
    const digest = createHash("sha256")
      .update(Buffer.from(await first.arrayBuffer()))
      .digest("base64");
    expect(first.headers.get("repr-digest")).toBe(`sha-256=:${digest}:`);
    for (const [range, start, end] of [
      ["bytes=10-19", 10, 20],
      ["bytes=-7", whole.length - 7, whole.length],
      [`bytes=${whole.length - 3}-`, whole.length - 3, whole.length],
      ["bytes=5-99999999999", 5, whole.length],
    ] as const) {
      const part = await get({ range });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${whole.length}`);
      expect(whole.subarray(start, end).equals(Buffer.from(await part.arrayBuffer()))).toBe(true);
    }
    const beyond = await get({ range: `bytes=${whole.length}-` });
    expect(beyond.status).toBe(416);
    expect((await get({ range: "bytes=0-3", "if-range": '"old"' })).status).toBe(200);
    expect((await get({ "if-none-match": `"${sha256(whole)}"` })).status).toBe(304);
    const none = await fetch(`${url}/v1/datasets/${dataset.id}/files/../../secret`);
    expect(none.status).toBe(404);
    for (const name of ["train.rec", "%00", "x".repeat(2000)]) {
      expect((await fetch(`${url}/v1/datasets/${dataset.id}/files/${name}`)).status).toBe(404);
    }
    expect((await fetch(`${path}?rnage=0`)).status).toBe(400);
  });
});

test("an estimate makes nothing", async () => {
  const { datasets } = system.hyperface;
  const before = (await collect(datasets.list())).length;
  const estimate = await datasets.estimate({ ...recipe, imagesPerIdentity: 60 });
  expect(estimate).toMatchObject({
    identities: 20,
    images: 1200,
    measuredImages: expect.any(Number),
  });
  // As many as a slice's second allows: a group of eight at least.
  expect(estimate.measuredImages).toBeGreaterThanOrEqual(8);
  expect(estimate.measuredImages).toBeLessThanOrEqual(24);
  expect(estimate.seconds).toBeCloseTo(1200 / estimate.imagesPerSecond, 3);
  const each = estimate.bytes / 1200;
  expect(each / (dataset.bytes / dataset.made)).toBeGreaterThan(0.8);
  expect(each / (dataset.bytes / dataset.made)).toBeLessThan(1.2);
  expect(estimate.storedBytes).toBeGreaterThan(4 * estimate.bytes);
  expect((await collect(datasets.list())).length).toBe(before);
});

test("killed on its way it goes on, and comes out byte for byte as undisturbed", async () => {
  const { id, jobId } = await system.hyperface.datasets.create(recipe);
  for (let kill = 1; kill <= 2; kill++) {
    for await (const event of system.hyperface.jobs.events(jobId)) {
      if (event.type === "progress" && event.completed >= 12 * kill) break;
    }
    await system.stop("SIGKILL");
    system = await startOne(place.home, { SLICE_SECONDS: "1" });
  }
  await system.hyperface.jobs.wait(jobId);
  const [cut, whole] = await Promise.all(
    [id, dataset.id].map((each) => filesOf(system.hyperface, each)),
  );
  const hashes = (files: typeof cut) =>
    [...(files ?? [])].map(([name, { sha256: hash }]) => [name, hash]);
  expect(hashes(cut)).toEqual(hashes(whole));
}, 240_000);
