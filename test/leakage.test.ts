import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import type { Dataset, Gallery, LeakageCheck, LeakageReport } from "@hyperface/sdk";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const IDENTITIES = 52;
/** Reference vectors: copies of so many images among others. */
const [PLANTED, REFERENCES] = [50, 10_000];
const DIMENSION = 512;

/** Made first: a server gives up connections that are idle for as long as this takes. */
const others = randomStream(5, "others").gaussian(REFERENCES * DIMENSION);

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const variables = {
  SLICE_SECONDS: "0.2",
  SIGNING_KEY: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
};
let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let dataset: Dataset;
let reference: Gallery;
let check: LeakageCheck;
let manifest: { key: string; sha256: string; webdataset: { offset: number; length: number } }[];

beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, variables);
  const { galleries, packings, datasets, jobs } = system.hyperface;
  const gallery = await galleries.create({ source: "generator", count: IDENTITIES, seed: 3 });
  await jobs.wait(gallery.jobId as string);
  const settings = { near: gallery.id, alpha: 1, seed: 1, iterations: 60 };
  const packing = await packings.create({ ...settings, count: IDENTITIES });
  await jobs.wait(packing.jobId);
  const recipe = { packingId: packing.id, imagesPerIdentity: 1, ground: "none" as const };
  const made = await datasets.create(recipe);
  await jobs.wait(made.jobId);
  dataset = await datasets.get(made.id);
  manifest = (await fileOf("manifest/manifest-00000.jsonl"))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  reference = await upload(await plantCopies());
  const begun = await system.hyperface.leakageChecks.create(spec());
  await jobs.wait(begun.jobId);
  check = await system.hyperface.leakageChecks.get(begun.id);
}, 240_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

async function fileOf(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await system.hyperface.datasets.file(dataset.id, name)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const CHANGES: ((image: Sharp) => Sharp)[] = [
  (image) => image.png(),
  (image) => image.flop().png(),
  (image) => image.jpeg({ quality: 40 }),
  (image) => image.modulate({ brightness: 1.2 }).png(),
];

/** Embeddings of changed copies of the first images, at every 200th place among vectors of nobody. */
async function plantCopies(): Promise<Float32Array> {
  const tar = await fileOf("webdataset/train-00000.tar");
  const copies = await Promise.all(
    manifest.slice(0, PLANTED).map(({ webdataset: { offset, length } }, k) => {
      const change = CHANGES[k % CHANGES.length] as (typeof CHANGES)[number];
      return change(sharp(tar.subarray(offset, offset + length))).toBuffer();
    }),
  );
  const found = await system.hyperface.embeddings.create(copies, { aligned: true });
  const vectors = others.slice();
  for (const [k, { faces }] of found.images.entries()) {
    vectors.set(faces[0]?.embedding as number[], placeOf(k) * DIMENSION);
  }
  return vectors;
}
const placeOf = (k: number) => (200 * k * 7) % REFERENCES;

async function upload(data: Float32Array): Promise<Gallery> {
  const body = encodeNpy({ data, shape: [data.length / DIMENSION, DIMENSION] });
  const headers = { "content-type": "application/x-npy" };
  const url = `${system.url}/v1/galleries?name=people`;
  const answer = await fetch(url, { method: "POST", headers, body: Buffer.from(body) });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Gallery;
}

const spec = () => ({
  ...{ set: dataset.id, reference: reference.id },
  ...{ topK: PLANTED + 5, exclude: PLANTED },
});

test("copies of images are all found among others, mirrored, recompressed and brightened ones too", async () => {
  const { id, figures } = check;
  expect(figures).toMatchObject({
    count: IDENTITIES,
    referenceCount: REFERENCES,
    pairs: IDENTITIES * REFERENCES,
    excluded: PLANTED,
    isSigned: true,
  });
  const report = await system.hyperface.leakageChecks.report(id);
  const planted = report.top.slice(0, PLANTED);
  expect(
    planted.map((pair) => [pair.index, pair.reference]).sort(([a = 0], [b = 0]) => a - b),
  ).toEqual(Array.from({ length: PLANTED }, (_, k) => [k, placeOf(k)]));
  const smallest = planted.at(-1)?.cosine as number;
  expect(smallest).toBeGreaterThan(report.threshold as number);
  expect(smallest).toBeGreaterThan(0.8);
  expect(report.top[PLANTED]?.cosine).toBeLessThan(smallest - 0.1);
  for (const { index, image } of planted) {
    expect(image).toEqual({ key: manifest[index]?.key, sha256: manifest[index]?.sha256 });
  }
  const page = await system.hyperface.leakageChecks.reportPage(id);
  const pictures = [...page.matchAll(/src="data:image\/\w+;base64,([^"]+)"/g)].map(([, data]) =>
    createHash("sha256")
      .update(Buffer.from(data as string, "base64"))
      .digest("hex"),
  );
  expect(pictures).toEqual(report.top.slice(0, 48).map(({ image }) => image?.sha256));
  expect(page).toContain(`Gallery ${reference.id} is vectors alone`);
  expect(page.replaceAll(/base64,[^"]+/g, "")).not.toMatch(/NaN|undefined|https?:/);
  // A ten-thousandth of 49,995,000 pairs.
  expect(report.impostorPairs).toBe((REFERENCES * (REFERENCES - 1)) / 2);
  expect(report.falseAccepts).toBeLessThanOrEqual(4999);

  const lines = Buffer.from(
    await new Response(await system.hyperface.leakageChecks.manifest(id)).arrayBuffer(),
  ).toString();
  const left = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(left).toEqual(manifest.slice(PLANTED));
});

test("a report names what it compared by its hashes", async () => {
  const { sha256, dataset: of } = await system.hyperface.leakageChecks.report(check.id);
  const files = new Map<string, string>();
  for await (const file of system.hyperface.datasets.files(dataset.id)) {
    files.set(file.name, file.sha256);
  }
  expect(sha256.set).toBe(files.get("embeddings.safetensors"));
  expect(sha256.reference).toMatch(/^[0-9a-f]{64}$/);
  expect(of?.files.map(({ name }) => name)).toEqual([
    "dataset.json",
    "manifest/manifest-00000.jsonl",
    "manifest/manifest-00000.parquet",
  ]);
  for (const file of of?.files ?? []) expect(file.sha256).toBe(files.get(file.name));
});

test("killed on its way a check goes on, and finds the same", async () => {
  const { leakageChecks, jobs } = system.hyperface;
  const { id, jobId } = await leakageChecks.create(spec());
  for await (const event of jobs.events(jobId)) {
    if (event.type === "progress" && event.completed >= 3) break;
  }
  await system.stop("SIGKILL");
  system = await startOne(place.home, variables);
  await system.hyperface.jobs.wait(jobId);
  const [a, b] = await Promise.all(
    [check.id, id].map((each) => system.hyperface.leakageChecks.report(each)),
  );
  const found = ({ leakageCheck: _, createdAt: __, signature: ___, ...rest }: LeakageReport) =>
    rest;
  expect(found(b as LeakageReport)).toEqual(found(a as LeakageReport));
});

const hyperface = (...args: string[]) =>
  new Promise<{ code: number; stdout: string }>((resolve) => {
    const bin = fileURLToPath(new URL("../cli/bin/hyperface.mjs", import.meta.url));
    execFile(process.execPath, [bin, ...args], (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, stdout }),
    );
  });

test("the command writes the report, which is verified without a server and not when changed", async () => {
  const file = join(place.home, "report.json");
  const key = join(place.home, "key.pem");
  const few = await upload(others.slice(0, 20 * DIMENSION));
  const options = ["--reference", few.id, "--report", file];
  const made = await hyperface("--url", system.url, "leakage", dataset.id, ...options);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(
    /52 x 20 pairs.*\n\d+ of 52 reach the threshold -?0\.\d{4}\nthe report is signed\n$/,
  );
  await writeFile(key, publicKey.export({ format: "pem", type: "spki" }));
  expect(await hyperface("verify-report", file, "--key", key)).toMatchObject({ code: 0 });
  const report = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...report, vectorsAbove: 53 }));
  const changed = await hyperface("verify-report", file, "--key", key);
  expect(changed).toMatchObject({
    code: 3,
    stdout: `${file}: it was changed after it was signed\n`,
  });
});

test.each([
  ["a reference set that there is not", { reference: "gal_none" }, 404, "not-found"],
  ["a set with itself", { set: "reference" }, 400, "invalid-request"],
  ["images of what is no dataset", { set: "packing", exclude: 3 }, 400, "invalid-request"],
  ["more images than pairs", { topK: 3, exclude: 4 }, 400, "invalid-request"],
])("%s: refused before anything is compared", async (_, change, status, code) => {
  const ids = { reference: reference.id, packing: dataset.packingId };
  const { set = dataset.id, ...rest } = change as { set?: string };
  const body = {
    ...{ reference: reference.id, ...rest },
    set: ids[set as keyof typeof ids] ?? set,
  };
  const refused = system.hyperface.leakageChecks.create(body);
  await expect(refused).rejects.toMatchObject({ status, code });
});

test("a dataset stays while a check refers to it, and goes with it by cascade", async () => {
  const { datasets, leakageChecks } = system.hyperface;
  await expect(datasets.delete(dataset.id)).rejects.toMatchObject({ code: "conflict" });
  await datasets.delete(dataset.id, { cascade: true });
  for await (const { set } of leakageChecks.list()) expect(set).not.toBe(dataset.id);
});
