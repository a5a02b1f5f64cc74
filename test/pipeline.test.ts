import { decodeNpy } from "@hyperface/formats";
import type { JobEvent, PackingPoint } from "@hyperface/sdk";
import { dot } from "@hyperface/vectors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardQueries, scrape } from "./metrics.ts";
import { type System, startFour, startOne, temporaryHome } from "./servers.ts";

const COUNT = 24;

describe.each([
  ["one process", startOne],
  ["four processes", startFour],
] as const)("a dataset of nobody, by %s", (_, start) => {
  let system: System;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  let packingId: string;
  beforeAll(async () => {
    place = await temporaryHome({ empty: true });
    system = await start(place.home);
  });
  afterAll(async () => {
    await system?.stop();
    await place?.remove();
  });

  test("a gallery comes from the generator, with its progress", async () => {
    const { galleries, jobs } = system.hyperface;
    const gallery = await galleries.create({ source: "generator", count: 40, seed: 3 });
    const events: JobEvent[] = [];
    await jobs.wait(gallery.jobId as string, (event) => events.push(event));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events.at(-1)).toMatchObject({ type: "finished", status: "succeeded" });
    expect(await galleries.get(gallery.id)).toMatchObject({ status: "ready", count: 40 });
    const { data, shape } = decodeNpy(await galleries.embeddingsNpy(gallery.id));
    expect(shape).toEqual([40, 512]);
    expect(Math.hypot(...(data.subarray(0, 512) as Float32Array))).toBeCloseTo(1, 5);
  }, 120_000);

  test("its packing pushes identities apart", async () => {
    const { galleries, packings, jobs } = system.hyperface;
    const [gallery] = await collect(galleries.list());
    const made = await packings.create({ near: gallery?.id as string, count: COUNT, seed: 1 });
    const history: PackingPoint[] = [];
    await jobs.wait(made.jobId, (event) => {
      if (event.type === "progress") history.push(...(event.history ?? []));
    });
    const packing = await packings.get(made.id);
    expect(packing).toMatchObject({ status: "ready", count: COUNT, dimension: 512 });
    expect(history[0]?.iteration).toBe(0);
    expect(history.at(-1)?.iteration).toBe(packing.metrics?.iterations);
    expect(packing.metrics?.maxCosine).toBeLessThan((history[0]?.maxCosine as number) - 0.1);
    packingId = packing.id;
  }, 120_000);

  test("its identities tell their nearest neighbour", async () => {
    const { packings, identities } = system.hyperface;
    const { embeddings } = await packings.embeddings(packingId);
    const listed = await collect(identities.list(packingId));
    expect(listed.map(({ index }) => index)).toEqual(embeddings.map((_, i) => i));
    const identity = await identities.get(packingId, 5);
    expect(identity.reference).toEqual(embeddings[5]);
    const cosines = embeddings.map((other, i) => (i === 5 ? -2 : dot(other, identity.reference)));
    expect(cosines[identity.nearest.index]).toBe(Math.max(...cosines));
    expect(identity.nearest.cosine).toBeCloseTo(Math.max(...cosines), 5);
    expect(identity.nearest).toEqual(listed[5]?.nearest);
  });

  test("its certificate tells how good it can be, in numbers and as a plot", async () => {
    const certificate = await system.hyperface.packings.certificate(packingId);
    const { embeddings } = await system.hyperface.packings.embeddings(packingId);
    const [i, j] = certificate.pair as [number, number];
    expect(dot(embeddings[i] as number[], embeddings[j] as number[])).toBeCloseTo(
      certificate.maxCosine,
      5,
    );
    expect(certificate.histogram.counts.reduce((a, b) => a + b, 0)).toBe(COUNT);
    expect(certificate.bounds.rankin).toBeCloseTo(-1 / (COUNT - 1), 9);
    expect(certificate.gap).toBeGreaterThan(0);
    const url = `${system.url}/v1/packings/${packingId}/certificate`;
    const plot = await fetch(url, { headers: { accept: "image/png" } });
    expect(
      Buffer.from(await plot.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  test("samples show their identity", async () => {
    const { embeddings, images, packings } = system.hyperface;
    const { embeddings: references } = await packings.embeddings(packingId);
    let own = 0;
    for (let identity = 0; identity < 8; identity++) {
      const samples = await images.create(packingId, identity, { count: 3, beta: 0.005 });
      const found = await embeddings.create(
        samples.map(({ bytes }) => bytes),
        { faces: "largest" },
      );
      for (const { faces } of found.images) {
        const cosines = references.map((reference) => dot(reference, faces[0]?.embedding ?? []));
        if (cosines[identity] === Math.max(...cosines)) own++;
      }
    }
    expect(own / 24).toBeGreaterThanOrEqual(0.8);
  });

  test("an image is the same by its URL and among many", async () => {
    const { images } = system.hyperface;
    const many = await images.create(packingId, 2, { count: 4, beta: 0.01, seed: 11 });
    const one = await images.get(packingId, 2, 3, { beta: 0.01, seed: 11 });
    expect(Buffer.from(one).equals(many[3]?.bytes as Uint8Array)).toBe(true);
    const zero = await images.get(packingId, 2, 3, { beta: 0 });
    expect(Buffer.from(zero).equals(one)).toBe(false);
  });

  test("an image's URL answers with what caches need", async () => {
    const url = `${system.url}/v1/packings/${packingId}/identities/1/images/0?beta=0.005`;
    const first = await fetch(url, { headers: { accept: "image/webp" } });
    expect(first.headers.get("content-type")).toBe("image/webp");
    expect(first.headers.get("cache-control")).toContain("immutable");
    const etag = first.headers.get("etag") as string;
    const again = await fetch(url, { headers: { accept: "image/webp", "if-none-match": etag } });
    expect(again.status).toBe(304);
    const png = await fetch(url, { headers: { accept: "image/png" } });
    expect(png.headers.get("etag")).not.toBe(etag);
    const provenance = JSON.parse(png.headers.get("image-provenance") as string);
    expect(provenance).toMatchObject({ identity: 1, sample: 0, beta: 0.005 });
    const { generators } = await system.hyperface.models.list();
    expect(provenance.arithmetic).toBe(generators[0]?.arithmetic);
    expect(provenance.arithmetic).toMatch(/^node-\S+ onnxruntime-\S+ libvips-\S+ [0-9a-f]{16}$/);
    expect((await fetch(url, { headers: { accept: "text/html" } })).status).toBe(406);
  });

  test("a gallery of uploaded vectors packs as well, by the paper's recipe", async () => {
    const { galleries, packings } = system.hyperface;
    const { embeddings } = await packings.embeddings(packingId);
    const gallery = await galleries.create({ source: "upload", embeddings });
    expect(gallery).toMatchObject({ status: "ready", count: COUNT, jobId: null });
    const packing = await packings.create(
      { near: gallery.id, count: 8, method: "paper", iterations: 30, learningRate: 0.01 },
      { waitSeconds: 30 },
    );
    expect(packing.status).toBe("ready");
    expect(packing.metrics?.iteration).toBe(30);
  });

  test("a packing is extended, and keeps away from a set of vectors", async () => {
    const { galleries, packings } = system.hyperface;
    const earlier = await packings.get(packingId);
    const { embeddings: before } = await packings.embeddings(packingId);
    const upload = { source: "upload", embeddings: before.slice(0, 4) } as const;
    const apart = await galleries.create(upload);
    const settings = { near: earlier.near as string, extends: packingId, iterations: 60 };
    const repel = { set: apart.id, minimumDistance: 0.7 };
    const packing = await packings.create(
      { ...settings, count: COUNT + 6, repel },
      { waitSeconds: 30 },
    );
    expect(packing).toMatchObject({ status: "ready", extends: packingId });
    const { embeddings } = await packings.embeddings(packing.id);
    expect(embeddings.slice(0, COUNT)).toEqual(before);
    const added = embeddings.slice(COUNT);
    const nearest = added.map((x) => Math.max(...before.map((y) => dot(x, y))));
    expect(Math.max(...nearest)).toBeLessThan(0.4);

    // The frozen identities that the set was taken from cannot keep away from it, and are named.
    const { repelled } = await packings.certificate(packing.id);
    expect(repelled).toMatchObject({ set: apart.id, minimumDistance: 0.7 });
    const named = repelled?.nearest.slice(0, 4).map(({ identity }) => identity);
    expect(named?.sort()).toEqual([0, 1, 2, 3]);
    expect(repelled?.nearest.every(({ identity }) => identity < COUNT)).toBe(true);

    const fewer = packings.create({ ...settings, count: COUNT });
    await expect(fewer).rejects.toMatchObject({ status: 422 });
  });

  test("a packing starts from given vectors, or from a code", async () => {
    const { galleries, packings } = system.hyperface;
    const { embeddings } = await packings.embeddings(packingId);
    const given = await galleries.create({ source: "upload", embeddings: embeddings.slice(0, 5) });
    const start = { near: given.id, iterations: 0 };
    const made = await packings.create(
      { ...start, count: 5, start: given.id },
      { waitSeconds: 30 },
    );
    const { embeddings: same } = await packings.embeddings(made.id);
    expect(same).toEqual(embeddings.slice(0, 5));
    const code = await packings.create(
      { ...start, count: 600, start: "code" },
      { waitSeconds: 30 },
    );
    expect(code.metrics?.maxCosine).toBeCloseTo(1 / 16, 6);
  });

  test("a packing lasts for a budget of seconds, whatever steps that makes", async () => {
    const { packings, jobs } = system.hyperface;
    const settings = { count: 40, alpha: 0, budgetSeconds: 1 };
    const { id, jobId } = await packings.create(settings, { waitSeconds: 30 });
    expect(await jobs.get(jobId)).toMatchObject({ status: "succeeded", completed: 1, total: 1 });
    const { spec, metrics } = await packings.get(id);
    expect(spec.budgetSeconds).toBe(1);
    expect(metrics?.iteration).toBeGreaterThan(0);
    expect(metrics).toMatchObject({ iterations: metrics?.iteration, secondsLeft: 0 });
    expect(metrics?.maxCosine).toBeLessThan(0.2);
    const asked = packings.create({ ...settings, method: "paper" });
    await expect(asked).rejects.toMatchObject({ status: 422 });
  });

  test("what the dashboard shows is measured", async () => {
    const { packings, jobs } = system.hyperface;
    const { jobId } = await packings.create({ count: 500, alpha: 0, iterations: 100_000 });
    let samples = await scrape(system.processes);
    // A job is running before long.
    while (!samples.some(({ name }) => name === "job_progress_ratio")) {
      await new Promise((done) => setTimeout(done, 100));
      samples = await scrape(system.processes);
    }
    await jobs.cancel(jobId);
    for (const { metric, labels } of dashboardQueries()) {
      const found = samples.filter(({ name }) => name === metric);
      expect(found, metric).not.toEqual([]);
      for (const sample of found)
        expect(Object.keys(sample.labels)).toEqual(expect.arrayContaining(labels));
    }
    const slices = samples.filter(({ name }) => name === "job_slice_seconds_count");
    expect(slices.map(({ labels }) => labels.kind)).toEqual(
      expect.arrayContaining(["gallery", "packing"]),
    );
  });

  test("models are named with their hashes", async () => {
    const { embedders, generators } = await system.hyperface.models.list();
    expect(embedders.map(({ name }) => name)).toEqual(["mobilefacenet-512", "mobilefacenet-192"]);
    expect(generators[0]?.embedder.sha256).toBe(embedders[0]?.sha256);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
