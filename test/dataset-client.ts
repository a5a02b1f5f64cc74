import { createHash } from "node:crypto";
import type { CreateDatasetRequest, Dataset, HyperFace } from "@hyperface/sdk";

/** What tests of datasets read of a row of the manifest. */
export interface Row {
  key: string;
  identity: number;
  label: number;
  sample: number;
  drawn: number;
  sha256: string;
  bytes: number;
  attempts: number;
  similarity: number;
  nearestOther: number;
  nearestOtherSimilarity: number;
  quality: number;
  detectionScore: number;
  landmarks: [number, number][];
  yaw: number;
  [format: string]: unknown;
}
export interface Place {
  file: string;
  row: number;
  offset: number | null;
  length: number;
}

export async function make(hyperface: HyperFace, body: CreateDatasetRequest): Promise<Dataset> {
  const { id, jobId } = await hyperface.datasets.create(body);
  await hyperface.jobs.wait(jobId);
  return hyperface.datasets.get(id);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function download({ datasets }: HyperFace, id: string, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await datasets.file(id, name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const filesOf = async (hyperface: HyperFace, id: string) =>
  new Map(
    await Promise.all(
      (await collect(hyperface.datasets.files(id))).map(
        async (file) =>
          [file.name, { ...file, data: await download(hyperface, id, file.name) }] as const,
      ),
    ),
  );

export async function manifestOf(hyperface: HyperFace, id: string): Promise<Row[]> {
  const files = await filesOf(hyperface, id);
  return [...files]
    .filter(([name]) => name.endsWith(".jsonl") && name.startsWith("manifest/"))
    .flatMap(([, { data }]) => data.toString().trimEnd().split("\n"))
    .map((line) => JSON.parse(line));
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A packing of `count` identities near as many generated faces. */
export async function makePacking(
  { galleries, packings, jobs }: HyperFace,
  count: number,
): Promise<string> {
  const gallery = await galleries.create({ source: "generator", count, seed: 3 });
  await jobs.wait(gallery.jobId as string);
  const settings = { near: gallery.id, alpha: 1, seed: 1, iterations: 100 };
  const { id, jobId } = await packings.create({ ...settings, count });
  await jobs.wait(jobId);
  return id;
}
