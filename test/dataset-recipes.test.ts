import type { CreateDatasetRequest, Provenance } from "@hyperface/sdk";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  collect,
  download,
  filesOf,
  make,
  makePacking,
  manifestOf,
  type Place,
  sha256,
} from "./dataset-client.ts";
import { type System, startOne, temporaryHome } from "./servers.ts";

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let packingId: string;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, { SLICE_SECONDS: "1" });
  packingId = await makePacking(system.hyperface, 6);
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

test("a whole picture is the image of its own URL", async () => {
  const { hyperface } = system;
  const small = { packingId, identities: { from: 1, to: 3 }, seed: 9 };
  const made = await make(hyperface, { ...small, imagesPerIdentity: 2, align: "none" });
  expect(made).toMatchObject({ made: 4, spec: { size: 128 } });
  for (const { identity, drawn, sha256: hash } of await manifestOf(hyperface, made.id)) {
    const options = { beta: 0.005, seed: 9, format: "jpeg" } as const;
    expect(sha256(await hyperface.images.get(packingId, identity, drawn, options))).toBe(hash);
  }
  const framed = await make(hyperface, { ...small, imagesPerIdentity: 2, align: "frame" });
  const rows = await manifestOf(hyperface, framed.id);
  expect(rows.map(({ detectionScore }) => detectionScore)).toEqual([null, null, null, null]);
  expect(await hyperface.datasets.verify(framed.id)).toMatchObject({ checked: 4, equal: 4 });
});

test("of an axis with a deviation each row says its place, which gives the image by its URL too", async () => {
  const { hyperface } = system;
  const made = await make(hyperface, {
    ...{ packingId, identities: { from: 2, to: 5 }, imagesPerIdentity: 8, seed: 4, align: "none" },
    ...{ yaw: 0.25, deviation: { yaw: 1.5, light: 0 } },
  });
  expect(made).toMatchObject({ made: 24, spec: { yaw: 0.25, deviation: { yaw: 1.5, light: 0 } } });
  const rows = await manifestOf(hyperface, made.id);
  const axes = rows.map(({ provenance }) => (provenance as Provenance).axes);
  const places = axes.map(({ yaw }) => yaw as number);
  expect(new Set(places).size).toBe(24);
  expect(Math.max(...places.map(Math.abs))).toBeLessThanOrEqual(3);
  expect(Math.min(...places)).toBeLessThan(0);
  expect(axes.map(({ light }) => light)).toEqual(places.map(() => 0));
  // Where the eyes and the mouth are says that the heads turn as they were asked to.
  const middle = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const turned = rows.map(({ yaw }) => yaw);
  const along = places.map(
    (yaw, k) => (yaw - middle(places)) * ((turned[k] as number) - middle(turned)),
  );
  expect(middle(along)).toBeGreaterThan(1);
  expect(await hyperface.datasets.verify(made.id)).toMatchObject({ checked: 24, equal: 24 });
  for (const [k, { identity, drawn, sha256: hash }] of rows.slice(0, 6).entries()) {
    const options = { seed: 4, yaw: places[k] as number, light: 0, format: "jpeg" } as const;
    expect(sha256(await hyperface.images.get(packingId, identity, drawn, options))).toBe(hash);
  }
});

test("where references are drawn the certificate says how far, as each identity does", async () => {
  const { hyperface } = system;
  const few = { packingId, identities: { from: 1, to: 4 }, imagesPerIdentity: 2 };
  const made = await make(hyperface, { ...few, align: "frame", draw: 0.5 });
  const identities = await Promise.all(
    [1, 2, 3].map((index) => hyperface.identities.get(packingId, index, { draw: 0.5 })),
  );
  const cosines = identities.map(({ drawn }) => drawn?.cosine as number);
  const rows = await manifestOf(hyperface, made.id);
  expect(rows.map((row) => row.drawnSimilarity)).toEqual(
    rows.map(({ identity }) => cosines[identity - 1]),
  );
  const { drawn } = await hyperface.datasets.certificate(made.id);
  const smallest = Math.min(...cosines);
  expect(drawn).toMatchObject({
    ...{ draw: 0.5, farthest: 1 + cosines.indexOf(smallest) },
    cosine: { smallest, largest: Math.max(...cosines) },
  });
  expect(drawn.cosine?.mean).toBeCloseTo(cosines.reduce((a, b) => a + b, 0) / 3, 9);
  // Half of the way is some of it, and not all.
  expect(smallest).toBeGreaterThan(0.5);
  expect(Math.max(...cosines)).toBeLessThan(0.999);
  const page = await hyperface.datasets.certificatePage(made.id);
  expect(page).toContain(`Identity ${drawn.farthest} moved farthest`);
  expect(page).toContain(`<td>${smallest.toFixed(4)}</td>`);
});

test("what no image passes is given up, and listed with the reasons", async () => {
  const { hyperface } = system;
  const body = {
    packingId,
    identities: { from: 0, to: 2 },
    imagesPerIdentity: 2,
    maxAttempts: 2,
    filters: { minSimilarity: 0.999 },
  };
  const made = await make(hyperface, body);
  expect(made).toMatchObject({ status: "ready", promised: 4, made: 0, missing: 4, attempts: 8 });
  const missing = (await download(hyperface, made.id, "missing.jsonl")).toString();
  const lines = missing
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ identity, sample }) => [identity, sample])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  for (const { reasons } of lines) {
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toMatch(/^(no face found|similarity 0\.\d+ is below 0.999)$/);
  }
});

test("an image too like a face of the leakage set is drawn again, also where that is a changed copy", async () => {
  const { hyperface } = system;
  const few = { packingId, identities: { from: 2, to: 4 }, imagesPerIdentity: 2, maxAttempts: 8 };
  const plain = await make(hyperface, few);
  const rows = await manifestOf(hyperface, plain.id);
  const files = await filesOf(hyperface, plain.id);
  const images = rows.map((row) => {
    const { file, offset, length } = row.webdataset as Place;
    return files.get(file)?.data.subarray(offset as number, (offset as number) + length) as Buffer;
  });
  const [first, second, third] = images as [Buffer, Buffer, Buffer];
  const planted = [
    await sharp(first).flop().png().toBuffer(),
    await sharp(second).jpeg({ quality: 40 }).toBuffer(),
    await sharp(third).modulate({ brightness: 1.2 }).png().toBuffer(),
  ];
  const found = await hyperface.embeddings.create(planted, { aligned: true });
  const embeddings = found.images.map(({ faces }) => faces[0]?.embedding as number[]);
  const set = await hyperface.galleries.create({ source: "upload", embeddings });
  const gate = async (maxSimilarity: number) =>
    make(hyperface, { ...few, leakage: { setId: set.id, maxSimilarity } });

  const open = await manifestOf(hyperface, (await gate(1)).id);
  expect(open.map(({ sha256: hash }) => hash)).toEqual(rows.map(({ sha256: hash }) => hash));
  expect(open.slice(0, 3).map((row) => row.forbiddenNearest)).toEqual([0, 1, 2]);
  const likeness = open.map((row) => row.forbiddenSimilarity as number);
  const copies = likeness.slice(0, 3);
  expect(Math.min(...copies)).toBeGreaterThan(0.85);

  const limit = Math.min(...copies) - 1e-6;
  const gated = await gate(limit);
  const kept = await manifestOf(hyperface, gated.id);
  expect(kept.length + gated.missing).toBe(4);
  const before = new Set(open.slice(0, 3).map(({ sha256: hash }) => hash));
  for (const row of kept) {
    expect(row.forbiddenSimilarity as number).toBeLessThanOrEqual(limit);
    expect(before.has(row.sha256)).toBe(false);
  }
  expect(gated.attempts).toBeGreaterThanOrEqual(7);
});

test.each([
  ["identities there are not", { identities: { from: 20, to: 99 } }, 404, "not-found"],
  ["a size that alignment does not give", { size: 64 }, 400, "invalid-request"],
  [
    "pairs of too few identities",
    { identities: { from: 0, to: 6 }, formats: ["verification"] },
    400,
    "invalid-request",
  ],
  [
    "a pose where nothing is detected",
    { align: "frame", filters: { maxYaw: 20 } },
    400,
    "invalid-request",
  ],
  [
    "a leakage set that there is not",
    { leakage: { setId: "gal_none", maxSimilarity: 0.5 } },
    404,
    "not-found",
  ],
  ["a deviation beyond what there is", { deviation: { yaw: 4 } }, 400, "invalid-request"],
  ["a deviation of nothing", { deviation: { yaw: 1, pich: 1 } }, 400, "invalid-request"],
  ["a name that means nothing", { imagesPerIdentiy: 3 }, 400, "invalid-request"],
])("%s: refused before anything is made", async (_, change, status, code) => {
  const refused = system.hyperface.datasets.create({
    packingId,
    ...change,
  } as CreateDatasetRequest);
  await expect(refused).rejects.toMatchObject({ status, code });
});

test("a cancelled dataset leaves nothing stored", async () => {
  const { datasets, jobs } = system.hyperface;
  const { id, jobId } = await datasets.create({ packingId, imagesPerIdentity: 200 });
  for await (const event of jobs.events(jobId)) {
    if (event.type === "progress" && event.completed > 0) break;
  }
  await jobs.cancel(jobId);
  expect((await datasets.get(id)).status).toBe("cancelled");
  expect(await collect(datasets.files(id))).toEqual([]);
});
