import { type CreateSweepRequest, JobFailedError, type Sweep } from "@hyperface/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collect } from "./dataset-client.ts";
import { type System, startOne, temporaryHome } from "./servers.ts";

/** Two packings, of each a dataset of two betas: four cells that share a gallery. */
const request: CreateSweepRequest = {
  name: "tiny",
  grid: {
    ...{ gallery: [{ count: 22, seed: 3 }], identities: [20] },
    ...{ alpha: [0, 1], beta: [0, 0.01], imagesPerIdentity: [2] },
  },
  packing: { iterations: 60, seed: 1 },
  dataset: { ground: "none", align: "frame", maxAttempts: 1 },
};
const CELLS = 4;
const grid = (count: number) => Array.from({ length: count }, (_, k) => k / 100);

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let sweep: Sweep;
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home, { SLICE_SECONDS: "1" });
  const { id, jobId } = await system.hyperface.sweeps.create(request);
  // Killed while its first cells are made: it goes on.
  for await (const event of system.hyperface.jobs.events(jobId)) {
    if (event.type === "progress" && event.completed > 0) break;
  }
  await system.stop("SIGKILL");
  system = await startOne(place.home, { SLICE_SECONDS: "1" });
  await system.hyperface.jobs.wait(jobId);
  sweep = await system.hyperface.sweeps.get(id);
}, 240_000);
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

test("every cell has a row, in the grid's order, and shares what it can", async () => {
  expect(sweep).toMatchObject({ status: "ready", name: "tiny", cells: CELLS, ready: CELLS });
  const { rows } = await system.hyperface.sweeps.table(sweep.id);
  expect(rows.map(({ cell, alpha, beta }) => [cell, alpha, beta])).toEqual([
    [0, 0, 0],
    [1, 0, 0.01],
    [2, 1, 0],
    [3, 1, 0.01],
  ]);
  const distinct = (key: "galleryId" | "packingId" | "datasetId") =>
    new Set(rows.map((row) => row[key])).size;
  expect([distinct("galleryId"), distinct("packingId"), distinct("datasetId")]).toEqual([1, 2, 4]);
  // Nothing was made twice, though it was killed on the way.
  const { galleries, packings, datasets } = system.hyperface;
  for (const [list, count] of [
    [galleries.list(), 1],
    [packings.list(), 2],
    [datasets.list(), 4],
  ] as const) {
    expect(await collect<object>(list)).toHaveLength(count);
  }
});

test("a row's figures are those of its packing and of its dataset's certificate", async () => {
  const { sweeps, packings, datasets } = system.hyperface;
  const { rows } = await sweeps.table(sweep.id);
  for (const row of rows) {
    const certificate = await datasets.certificate(row.datasetId as string);
    const { metrics } = await packings.get(row.packingId as string);
    const { between, verification } = certificate.separation;
    expect(row).toMatchObject({
      ...{ status: "ready", error: null, made: 40, missing: 0, attemptsPerImage: 1 },
      packingMaxCosine: metrics?.maxCosine,
      centreMaxCosine: between?.maxCosine,
      uniqueIdentities: between?.unique.find(({ threshold }) => threshold === 0.4)?.count,
      similarity: certificate.images.similarity?.mean,
      equalErrorRate: verification?.equalErrorRate.mean,
    });
  }
  // Alpha weighs the gallery: with it identities stay nearer to that.
  expect(rows[2]?.packingRegulariser).toBeLessThan(rows[0]?.packingRegulariser as number);
});

test("its table is JSON, CSV or Markdown, by Accept or by extension", async () => {
  const { sweeps } = system.hyperface;
  const { rows } = await sweeps.table(sweep.id);
  const csv = (await sweeps.tableCsv(sweep.id)).trimEnd().split("\r\n");
  expect(csv).toHaveLength(1 + CELLS);
  const [head = [], ...lines] = csv.map((line) => line.split(","));
  const column = (title: string) => lines.map((cells) => cells[head.indexOf(title)]);
  expect(column("beta")).toEqual(["0", "0.01", "0", "0.01"]);
  expect(column("similarity")).toEqual(rows.map(({ similarity }) => similarity?.toFixed(4)));
  const markdown = await sweeps.tableMarkdown(sweep.id);
  expect(markdown).toMatch(
    /^Sweep swp_\w+: gallery 22, identities 20, .*\n\n\| cell \| alpha \| beta /,
  );
  expect(markdown.trimEnd().split("\n")).toHaveLength(4 + CELLS);
  const path = `${system.url}/v1/sweeps/${sweep.id}/table`;
  for (const [accept, extension, text] of [
    ["text/csv", "csv", await sweeps.tableCsv(sweep.id)],
    ["text/markdown", "md", markdown],
    ["application/json", "json", JSON.stringify(await sweeps.table(sweep.id))],
  ]) {
    const negotiated = await fetch(path, { headers: { accept: accept as string } });
    expect(negotiated.headers.get("content-type")).toContain(accept);
    expect(await negotiated.text()).toBe(text);
    expect(await (await fetch(`${path}.${extension}`)).text()).toBe(text);
  }
  expect((await fetch(path, { headers: { accept: "image/png" } })).status).toBe(406);
});

test("an estimate makes nothing, and counts what is shared once", async () => {
  const { sweeps, datasets } = system.hyperface;
  const before = (await collect(datasets.list())).length;
  const larger = { ...request.grid, imagesPerIdentity: [1, 5] };
  const estimate = await sweeps.estimate({ ...request, grid: larger });
  expect(estimate).toMatchObject({
    ...{ cells: 8, galleries: 1, packings: 2, images: 2 * 2 * 20 * (1 + 5) },
  });
  expect(estimate.seconds.datasets).toBeCloseTo(estimate.images / estimate.imagesPerSecond, 6);
  expect(estimate.seconds.packings).toBeGreaterThan(0);
  expect((await collect(datasets.list())).length).toBe(before);
  expect(await collect(sweeps.list())).toHaveLength(1);
});

const few = { identities: [8], alpha: [0] };
test.each([
  [{ ...few, alpha: [0.5] }, {}, "invalid-packing", /cell 0: alpha 0.5 needs near/],
  [{ ...few, batch: [4] }, {}, "invalid-packing", /batch needs method/],
  [{ ...few, optimizer: ["adam", "rmsprop"] }, {}, "invalid-request", /paper/],
  [{ ...few, gallery: ["gal_none"] }, {}, "not-found", /there is no gallery gal_none/],
  [{ ...few, identities: [8, 8] }, {}, "invalid-request", /a value is named twice/],
  [{ ...few, beta: grid(17), alpha: grid(17) }, {}, "invalid-request", /at most 256 cells/],
  [few, { formats: ["verification"] }, "invalid-request", /cell 0: verification pairs need 20/],
] as [object, object, string, RegExp][])("case %#: %j with %j is refused", async (...refused) => {
  const [body, dataset, code, why] = refused;
  const answer = await fetch(`${system.url}/v1/sweeps`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grid: body, dataset }),
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const text = await answer.text();
  expect(JSON.parse(text).type).toBe(`urn:hyperface:problem:${code}`);
  expect(text).toMatch(why);
});

test("a cell whose packing was cancelled fails alone; cancelled, a sweep takes all along", async () => {
  const { sweeps, jobs, packings } = system.hyperface;
  const long = { identities: [30, 40], alpha: [0], imagesPerIdentity: [500] };
  const { id, jobId } = await sweeps.create({ grid: long, packing: { iterations: 30 } });
  let made: string[] = [];
  while (made.length === 0) {
    const { rows } = await sweeps.table(id);
    made = rows.flatMap(({ packingId }) => packingId ?? []);
  }
  await jobs.cancel((await packings.get(made[0] as string)).jobId);
  await expect.poll(async () => (await sweeps.get(id)).failed, { timeout: 30_000 }).toBe(1);
  const { rows } = await sweeps.table(id);
  expect(rows[0]).toMatchObject({ status: "failed" });
  expect(rows[0]?.error?.detail).toContain("cancelled");
  expect((await jobs.cancel(jobId)).status).toBe("cancelled");
  expect((await sweeps.get(id)).status).toBe("cancelled");
  for await (const { resourceId, status } of jobs.list()) {
    if (rows.some((row) => Object.values(row).includes(resourceId))) {
      expect(["cancelled", "succeeded"]).toContain(status);
    }
  }
  await expect(jobs.wait(jobId)).rejects.toThrow(JobFailedError);
  await sweeps.delete(id);
  await expect(packings.get(made[0] as string)).rejects.toMatchObject({ status: 404 });
}, 120_000);

test("what a sweep made stays while the sweep does, and goes with it", async () => {
  const { sweeps, packings, galleries, datasets } = system.hyperface;
  const [first] = (await sweeps.table(sweep.id)).rows;
  await expect(packings.delete(first?.packingId as string)).rejects.toMatchObject({ status: 409 });
  await sweeps.delete(sweep.id);
  for (const list of [sweeps.list(), galleries.list(), packings.list(), datasets.list()]) {
    expect(await collect<object>(list)).toEqual([]);
  }
});
