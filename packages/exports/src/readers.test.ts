import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import {
  datasetCard,
  joinRecordParts,
  shardsOf,
  writeImageFolder,
  writeImageFolderTar,
  writeManifestParquet,
  writeParquetShard,
  writeRecordPart,
  writeVerificationBin,
  writeWebDatasetShard,
} from "./index.ts";
import { putInto, testImages } from "./test-images.ts";

/** What the exports are made for reads them back: a Python with test/readers/requirements.txt. */
const python = process.env.HYPERFACE_PYTHON;
if (!python) {
  console.warn(
    "HYPERFACE_PYTHON is not set (test/readers/requirements.txt): no export is read back",
  );
}
const readers = test.skipIf(!python);

const script = fileURLToPath(new URL("../../../test/readers/read.py", import.meta.url));
async function read(kind: string, path: string) {
  const { stdout } = await promisify(execFile)(python as string, [script, kind, path]);
  return JSON.parse(stdout);
}

const root = await mkdtemp(join(tmpdir(), "readers-"));
afterAll(() => rm(root, { recursive: true }));
const images = await testImages(4, 3);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const rows = images.map(({ key, label, bytes, provenance }) => {
  return { key, label, digest: sha256(bytes), provenance };
});

readers("webdataset reads the shards", async () => {
  const folder = join(root, "webdataset");
  let k = 0;
  for await (const shard of shardsOf(images, 5)) {
    await writeWebDatasetShard(shard, putInto(folder), k++);
  }
  expect(k).toBe(3);
  expect(await read("webdataset", folder)).toEqual(
    rows.map(({ key, label, digest, provenance }) => [key, label, digest, provenance]),
  );
});

readers("folders in their order are the labels, and Python's tarfile reads them", async () => {
  const folder = join(root, "folder");
  await writeImageFolder(images, putInto(folder));
  const found = rows.map(({ key, label, digest }) => [key, label, digest]);
  expect(await read("folder", folder)).toEqual(found);
  const places = await writeImageFolderTar(images, putInto(root), 0);
  const members = rows.map(({ key, label, digest }, k) => {
    return [`0000000${label}/${key}.jpg`, places[k]?.offset, 0, digest];
  });
  expect(await read("tarfolder", join(root, "images-00000.tar"))).toEqual(members);
});

readers("MXNet reads the records as InsightFace and AdaFace do", async () => {
  const folder = join(root, "recordio");
  const put = putInto(folder);
  let first = 1;
  let parts = 0;
  for await (const shard of shardsOf(images, 5)) {
    first += (await writeRecordPart(shard, put, parts++, first)).length;
  }
  const set = { parts, identities: 4, height: 16, width: 16 };
  await joinRecordParts(set, (name) => createReadStream(join(folder, name)), put);
  expect(await read("recordio", folder)).toEqual({
    images: rows.map(({ label, digest }, k) => [k + 1, label, k + 1, digest]),
    ranges: [
      [1, 4],
      [4, 7],
      [7, 10],
      [10, 13],
    ],
    records: 1 + 12 + 4,
    property: "4,16,16",
  });
});

readers("PyArrow and datasets read the Parquet shards and the card", async () => {
  const folder = join(root, "parquet");
  const classNames = ["a", "b: c", "1", "no"];
  let k = 0;
  for await (const shard of shardsOf(images, 7)) {
    await writeParquetShard(shard, putInto(folder), k++, { classNames });
  }
  const bytes = images.reduce((sum, image) => sum + image.bytes.length, 0);
  const title = 'Faces of "nobody": 4';
  const card = { title, description: "Made by a test.", license: "mit", images: 12, bytes };
  await writeFile(join(folder, "README.md"), datasetCard({ ...card, identities: 4, classNames }));
  const found = rows.map(({ key, label, digest }) => [`${key}.jpg`, label, digest]);
  const first = await read("parquet", join(folder, "data", "train-00000.parquet"));
  expect(first).toMatchObject({
    schema: [
      ["image", "struct<bytes: binary, path: string>"],
      ["label", "int64"],
    ],
    groups: [7],
    rows: found.slice(0, 7),
  });
  const all = await read("dataset", folder);
  expect(all.features.image).toMatch(/^Image\(/);
  expect(all.features.label).toBe("ClassLabel(names=['a', 'b: c', '1', 'no'])");
  expect(all.size).toEqual([16, 16]);
  expect(all.rows).toEqual(found);
});

readers("InsightFace's way of reading a .bin reads the verification pairs", async () => {
  const pairs = images.slice(1).map(({ bytes, label }, k) => {
    const before = images[k] as (typeof images)[0];
    return { a: before.bytes, b: bytes, same: label === before.label };
  });
  await writeVerificationBin(pairs, putInto(root), "toy");
  expect(await read("bin", join(root, "toy.bin"))).toEqual({
    types: ["bytes", "bool"],
    same: pairs.map(({ same }) => same),
    digests: pairs.flatMap(({ a, b }) => [sha256(a), sha256(b)]),
  });
});

readers("PyArrow reads a manifest", async () => {
  const columns = { key: "string", label: "integer", beta: "number", kept: "boolean" } as const;
  const given = [
    { key: "a", label: 2 ** 40, beta: 0.005, kept: true },
    { key: "ü", label: 0, beta: null, kept: false },
  ];
  await writeManifestParquet(given, columns, putInto(root), 3);
  expect(await read("manifest", join(root, "manifest-00003.parquet"))).toEqual({
    schema: [
      ["key", "string"],
      ["label", "int64"],
      ["beta", "double"],
      ["kept", "bool"],
    ],
    rows: given,
  });
});
