import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Gallery } from "@hyperface/sdk";
import sharp from "sharp";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const IDENTITIES = 12;
const variables = { SLICE_SECONDS: "0.2", MAX_ARCHIVE_MIB: "4" };
let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
/** Of faces of nobody, each of another identity. */
let photographs: { name: string; bytes: Buffer }[];
let packingId: string;
let drawn: Gallery;
let gallery: Gallery;

beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, variables);
  const { galleries, packings, jobs, images } = system.hyperface;
  drawn = await galleries.create({ source: "generator", count: IDENTITIES, seed: 3 });
  await jobs.wait(drawn.jobId as string);
  const settings = { near: drawn.id, alpha: 1, seed: 1, iterations: 20 };
  packingId = (await packings.create({ ...settings, count: IDENTITIES }, { waitSeconds: 60 })).id;
  photographs = await Promise.all(
    Array.from({ length: IDENTITIES }, async (_, identity) => {
      const [image] = await images.create(packingId, identity, { count: 1, ground: "none" });
      const file = sharp(image?.bytes).jpeg({ quality: 90 });
      return { name: `people/${identity}.jpg`, bytes: await file.toBuffer() };
    }),
  );
  const made = await galleries.createFromPhotographs(
    await tarOf([
      { name: "people/notes.txt", bytes: Buffer.from("not a picture") },
      ...photographs,
    ]),
    { name: "people", keepFaces: true },
  );
  await jobs.wait(made.jobId as string);
  gallery = await galleries.get(made.id);
}, 240_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

async function tarOf(files: readonly { name: string; bytes: Uint8Array }[]) {
  const archive = pack();
  for (const { name, bytes } of files) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

const listed = async (id: string) => {
  const all = [];
  for await (const each of system.hyperface.galleries.photographs(id)) all.push(each);
  return all;
};
/** Files of the store under a folder of galleries. */
const stored = async (id = "") => {
  const names = await readdir(join(place.home, "objects/galleries", id), { recursive: true });
  return names.filter((name) => /\.[a-z]+$/.test(name)).sort();
};
/** Once nothing of galleries but those is stored. */
const onlyStored = (ids: readonly string[]) =>
  expect
    .poll(async () => [...new Set((await stored()).map((name) => name.split("/")[0]))].sort())
    .toEqual([...ids].sort());

test("photographs become the rows that their embeddings are", async () => {
  expect(gallery).toMatchObject({
    ...{ name: "people", source: "photographs", status: "ready", count: IDENTITIES },
    photographs: { files: IDENTITIES + 1, keepsFaces: true },
  });
  const { images } = await system.hyperface.embeddings.create(
    photographs.map(({ bytes }) => bytes),
    { faces: "central" },
  );
  const { embeddings } = await system.hyperface.galleries.embeddings(gallery.id);
  expect(embeddings).toEqual(images.map(({ faces }) => faces[0]?.embedding));
  const [notes, ...rest] = await listed(gallery.id);
  expect(notes).toMatchObject({
    file: "people/notes.txt",
    row: null,
    problem: "is no JPEG, PNG or WebP file",
  });
  expect(rest).toEqual(
    photographs.map(({ name, bytes }, row) => ({
      file: name,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      row,
      quality: images[row]?.faces[0]?.quality.value,
      problem: null,
    })),
  );
  expect(await stored(gallery.id)).toEqual([
    expect.stringMatching(/^faces\/.*jpegs$/),
    expect.stringMatching(/^sets\/.*safetensors$/),
  ]);
});

test("killed on its way a gallery goes on, and is the same", async () => {
  const { galleries, jobs } = system.hyperface;
  const files = [...photographs, ...photographs];
  const begin = async () => galleries.createFromPhotographs(await tarOf(files));
  const whole = await begin();
  await jobs.wait(whole.jobId as string);
  const { id, jobId } = await begin();
  for await (const event of jobs.events(jobId as string)) {
    if (event.type === "progress" && event.completed > 0) break;
  }
  await system.stop("SIGKILL");
  system = await startOne(place.home, variables);
  await system.hyperface.jobs.wait(jobId as string);
  const [a, b] = await Promise.all(
    [whole.id, id].map((each) => system.hyperface.galleries.embeddingsNpy(each)),
  );
  expect(b).toEqual(a);
  expect(await listed(id)).toEqual(await listed(whole.id));
  for (const each of [whole.id, id]) await system.hyperface.galleries.delete(each);
  await onlyStored([drawn.id, gallery.id]);
});

const bin = fileURLToPath(new URL("../cli/bin/hyperface.mjs", import.meta.url));
const hyperface = (...args: string[]) =>
  promisify(execFile)(process.execPath, [bin, "--url", system.url, ...args]);

type Body = NonNullable<RequestInit["body"]>;

const send = (body: Body, query = "") =>
  fetch(`${system.url}/v1/galleries?${query}`, {
    method: "POST",
    headers: { "content-type": "application/x-tar" },
    body,
    ...({ duplex: "half" } as object),
  });
const chunked = (bytes: Uint8Array) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
const large = () => tarOf([{ name: "large", bytes: Buffer.alloc(5 * 2 ** 20) }]);

test.each<[string, () => Promise<Body>, string, number, string]>([
  [
    "one that ends early",
    async () => (await tarOf(photographs)).subarray(0, 40_000),
    "",
    400,
    "malformed-body",
  ],
  ["one without a file", () => tarOf([]), "", 400, "malformed-body"],
  ["no archive", async () => "photographs", "", 400, "malformed-body"],
  ["nothing", async () => "", "", 400, "malformed-body"],
  ["one that is too large", large, "", 413, "body-too-large"],
  ["one that turns out too large", async () => chunked(await large()), "", 413, "body-too-large"],
  ["an unknown embedder", () => tarOf(photographs), "model=none", 422, "unknown-model"],
  ["an unknown option", () => tarOf(photographs), "keep=true", 400, "invalid-request"],
])("%s is refused, and nothing of it is left", async (_, body, query, status, code) => {
  const answer = await send(await body(), query);
  const problem = (await answer.json()) as { type: string };
  expect([answer.status, problem.type]).toEqual([status, expect.stringContaining(code)]);
  await onlyStored([drawn.id, gallery.id]);
});

test("who stops sending after something wrong is answered", async () => {
  const stalled = new ReadableStream({ start: (rest) => rest.enqueue(Buffer.alloc(1024, 1)) });
  const answer = await send(stalled);
  expect([answer.status, answer.headers.get("connection")]).toEqual([400, "close"]);
  await onlyStored([drawn.id, gallery.id]);
});

test("the command sends a folder of them, and names those without a face", async () => {
  const folder = join(place.home, "photographs");
  await mkdir(folder);
  await writeFile(join(folder, "0.txt"), "not a picture");
  for (const [k, { bytes }] of photographs.slice(0, 3).entries()) {
    await writeFile(join(folder, `${k}.jpg`), bytes);
  }
  const { stdout, stderr } = await hyperface("gallery", "--photographs", folder, "--keep-faces");
  expect(stderr).toBe("gallery    4/4\n");
  const [, id = "", rest] = /^(gal_\w+) {2}(.*)$/s.exec(stdout) ?? [];
  expect(rest).toBe(
    `3 faces in 4 files\n${join(folder, "0.txt").slice(1)}  is no JPEG, PNG or WebP file\n`,
  );
  const { galleries } = system.hyperface;
  expect(await galleries.get(id)).toMatchObject({ photographs: { files: 4, keepsFaces: true } });
  await galleries.delete(id);
  await onlyStored([drawn.id, gallery.id]);
});

test("faces are kept of photographs alone", async () => {
  const body = await readFile(new URL("../packages/formats/fixtures/matrix.npy", import.meta.url));
  const headers = { "content-type": "application/x-npy" };
  const url = `${system.url}/v1/galleries?keepFaces=true`;
  const answer = await fetch(url, { method: "POST", headers, body });
  expect(await answer.json()).toMatchObject({ status: 400, errors: [{ pointer: "keepFaces" }] });
});

test("sent again under its key an archive makes nothing new, another is refused", async () => {
  const { galleries } = system.hyperface;
  const options = { idempotencyKey: "photographs", waitSeconds: 30 };
  const some = await tarOf(photographs.slice(0, 2));
  const first = await galleries.createFromPhotographs(some, {}, options);
  expect(await galleries.createFromPhotographs(chunked(some), {}, options)).toEqual(first);
  const other = galleries.createFromPhotographs(await tarOf(photographs.slice(0, 1)), {}, options);
  await expect(other).rejects.toMatchObject({ status: 422, code: "idempotency-mismatch" });
  await galleries.delete(first.id);
  await onlyStored([drawn.id, gallery.id]);
});

const picturesOf = (page: string) =>
  [...page.matchAll(/<figure>(.*?)<\/figure>/gs)].map(([, figure = ""]) =>
    [...figure.matchAll(/base64,([^"]+)"/g)].map(([, data = ""]) => Buffer.from(data, "base64")),
  );
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("each image of a dataset stands beside the photograph that it resembles", async () => {
  const { datasets, embeddings, galleries, jobs, leakageChecks } = system.hyperface;
  const recipe = { packingId, imagesPerIdentity: 1, ground: "none" as const, formats: [] };
  const dataset = await datasets.create(recipe, { waitSeconds: 60 });
  await jobs.wait(dataset.jobId);
  const spec = { set: dataset.id, reference: gallery.id, topK: IDENTITIES };
  const check = await leakageChecks.create(spec, { waitSeconds: 30 });
  await jobs.wait(check.jobId);

  const { top } = await leakageChecks.report(check.id);
  expect(top.map(({ index }) => index).sort((a, b) => a - b)).toEqual(photographs.map((_, k) => k));
  for (const { index, reference, referencePhotograph } of top) {
    expect(reference).toBe(index);
    const { name, bytes } = photographs[index] as (typeof photographs)[number];
    expect(referencePhotograph).toEqual({ file: name, sha256: sha256(bytes) });
  }
  const options = { faces: "central", crops: true, cropFormat: "jpeg" } as const;
  const files = photographs.map(({ bytes }) => bytes);
  const { images } = await embeddings.create(files, options);
  const faces = images.map((image) => Buffer.from(image.faces[0]?.crop ?? "", "base64"));
  const page = await leakageChecks.reportPage(check.id);
  const shown = picturesOf(page);
  expect(shown.map(([image]) => sha256(image as Buffer))).toEqual(
    top.map(({ image }) => image?.sha256),
  );
  expect(shown.map(([, face]) => face)).toEqual(top.map(({ reference }) => faces[reference]));
  expect(page).toContain("people/3.jpg");

  // The other way about the photographs are what is checked.
  const back = { set: gallery.id, reference: packingId, topK: 2 };
  const other = await leakageChecks.create(back, { waitSeconds: 30 });
  const found = await leakageChecks.report(other.id);
  const [own] = picturesOf(await leakageChecks.reportPage(other.id));
  expect(own).toEqual([faces[found.top[0]?.index as number]]);
  expect(found.top[0]?.photograph?.file).toBe(`people/${found.top[0]?.index}.jpg`);

  await expect(galleries.delete(gallery.id)).rejects.toMatchObject({ code: "conflict" });
  await galleries.delete(gallery.id, { cascade: true });
  await onlyStored([drawn.id]);
}, 60_000);
