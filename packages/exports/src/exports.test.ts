import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  choosePairs,
  type ExportImage,
  type Images,
  joinRecordParts,
  mostPairsPerFold,
  type Place,
  type Put,
  shardsOf,
  toEach,
  writeImageFolder,
  writeImageFolderTar,
  writeManifestParquet,
  writeParquetShard,
  writeRecordPart,
  writeWebDatasetShard,
} from "./index.ts";
import { encodeRecord } from "./recordio.ts";
import { putInto, testImages } from "./test-images.ts";

const root = await mkdtemp(join(tmpdir(), "exports-"));
afterAll(() => rm(root, { recursive: true }));
const images = await testImages(4, 3);

/** Every shard of an export in a folder of its own. */
async function exported(
  name: string,
  write: (shard: Images, put: Put, k: number) => Promise<Place[]>,
) {
  const folder = join(root, name);
  const places: Place[] = [];
  let k = 0;
  for await (const shard of shardsOf(images, 5)) {
    places.push(...(await write(shard, putInto(folder), k++)));
  }
  return { folder, places };
}

const writers = {
  webdataset: writeWebDatasetShard,
  "image folder": writeImageFolder,
  "image folder in an archive": writeImageFolderTar,
  recordio: (shard: Images, put: Put, k: number) => writeRecordPart(shard, put, k, 1 + 5 * k),
  parquet: (shard: Images, put: Put, k: number) => writeParquetShard(shard, put, k),
};

describe.each(Object.entries(writers))("%s", (name, write) => {
  test("says where each image is", async () => {
    const { folder, places } = await exported(name, write);
    expect(places.map(({ key }) => key)).toEqual(images.map(({ key }) => key));
    let whole = 0;
    for (const [k, { file, offset, length }] of places.entries()) {
      const { bytes } = images[k] as ExportImage;
      expect(length).toBe(bytes.length);
      if (offset === null) continue;
      const found = (await readFile(join(folder, file))).subarray(offset, offset + length);
      expect(found.equals(bytes)).toBe(true);
      whole++;
    }
    const expected = { parquet: 0, recordio: 11 }[name] ?? images.length;
    expect(whole).toBe(expected);
  });

  test("the same images are the same bytes, also of a shard alone", async () => {
    const { folder } = await exported(name, write);
    const again = join(root, `${name} again`);
    await write(images.slice(5, 10), putInto(again), 1);
    const files = (await readdir(again, { recursive: true, withFileTypes: true })).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name: file } of files) {
      const path = join(parentPath, file).slice(again.length);
      expect((await readFile(again + path)).equals(await readFile(folder + path))).toBe(true);
    }
  });

  test("holds a few images at a time", async () => {
    let asked = 0;
    let written = 0;
    let most = 0;
    async function* many() {
      for (let k = 0; k < 400; k++) {
        const bytes = new Uint8Array(100_000).fill(k);
        yield { key: `k${k}`, label: k, bytes, extension: "png" as const, provenance: {} };
        asked += bytes.length;
        most = Math.max(most, asked - written);
      }
    }
    await write(
      many(),
      async (_, bytes) => {
        for await (const chunk of bytes) written += chunk.length;
      },
      0,
    );
    expect(written).toBeGreaterThanOrEqual(40e6);
    expect(most).toBeLessThan(name === "parquet" ? 10.2e6 : 0.5e6);
  });

  test("refuses what no reader could tell apart", async () => {
    const put: Put = async (_, bytes) => {
      for await (const _chunk of bytes);
    };
    const [first] = images as [ExportImage];
    await expect(write([first, first], put, 0)).rejects.toThrow(/twice/);
    await expect(write([{ ...first, key: "a.b" }], put, 0)).rejects.toThrow(/no key/);
    await expect(write([{ ...first, label: -1 }], put, 0)).rejects.toThrow(/label -1/);
  });
});

/** dmlc-core's reader, from its description: parts joined by the magic number that was left out. */
function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    expect(file.readUInt32LE(at)).toBe(0xced7230a);
    const word = file.readUInt32LE(at + 4);
    const [kind, length] = [word >>> 29, word & 0x1fffffff];
    if (kind > 1) parts.push(file.subarray(at, at + 4));
    parts.push(file.subarray(at + 8, at + 8 + length));
    if (kind === 0 || kind === 3) records.push(Buffer.concat(parts));
    if (kind === 0 || kind === 3) parts = [];
    at += 8 + Math.ceil(length / 4) * 4;
  }
  return records;
}

describe("RecordIO", () => {
  const magic = [0x0a, 0x23, 0xd7, 0xce];
  const byte = fc.oneof(
    fc.constant(magic),
    fc.constant([7]),
    fc.array(fc.nat(255), { maxLength: 5 }),
  );

  test("gives back any bytes, and only beginnings of records look like one", () => {
    const payload = fc.array(byte, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.flat()));
    const label = fc.oneof(fc.nat(1000), fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }));
    const record = fc.record({ payload, label, id: fc.nat() });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (given) => {
        const file = Buffer.concat(
          given.map(({ payload, ...head }) => encodeRecord(head, payload)),
        );
        const found = readRecords(file);
        expect(found.length).toBe(given.length);
        for (const [k, { payload, label, id }] of given.entries()) {
          const read = found[k] as Buffer;
          const flag = read.readUInt32LE(0);
          const labels = Array.from({ length: flag }, (_, j) => read.readFloatLE(24 + 4 * j));
          expect(flag > 0 ? labels : read.readFloatLE(4)).toEqual(label);
          expect(read.readBigUInt64LE(8)).toBe(BigInt(id));
          expect(read.subarray(24 + 4 * flag).equals(payload)).toBe(true);
        }
      }),
    );
  });

  test("refuses labels that float32 would change", () => {
    const one = (label: number) => encodeRecord({ label, id: 1 }, new Uint8Array(0));
    expect(one(2 ** 24).length).toBe(32);
    expect(() => one(2 ** 24 + 1)).toThrow(/16777217 is not exact/);
  });

  test("refuses to join images that are not in the order of their labels", async () => {
    const files = new Map<string, Buffer>();
    const put: Put = async (name, bytes) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of bytes) pieces.push(piece);
      files.set(name, Buffer.concat(pieces));
    };
    async function* get(name: string) {
      yield files.get(name) as Buffer;
    }
    await writeRecordPart([images[3], images[0]] as ExportImage[], put, 0, 1);
    const set = { parts: 1, identities: 4, height: 16, width: 16 };
    await expect(joinRecordParts(set, get, put)).rejects.toThrow(/label 0 after 1/);
    await writeRecordPart([images[0]] as ExportImage[], put, 0, 2);
    await expect(joinRecordParts(set, get, put)).rejects.toThrow(/record 2 stands where 1/);
    await writeRecordPart([images[11]] as ExportImage[], put, 0, 1);
    await expect(joinRecordParts({ ...set, identities: 3 }, get, put)).rejects.toThrow(/label 3/);
  });
});

describe("verification pairs", () => {
  const plan = {
    samples: Array.from({ length: 45 }, (_, k) => 2 + (k % 3)),
    pairsPerFold: 6,
    seed: 5,
  };

  test("are half genuine, once each, and share no identity between folds", () => {
    const pairs = choosePairs(plan);
    expect(pairs.length).toBe(120);
    expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(120);
    const foldOf = new Map<number, number>();
    for (const [k, { a, b, same }] of pairs.entries()) {
      const fold = Math.floor(k / 12);
      expect(same).toBe(k % 12 < 6);
      expect(a.identity === b.identity).toBe(same);
      expect(same && a.sample === b.sample).toBe(false);
      for (const { identity, sample } of [a, b]) {
        expect(sample).toBeLessThan(plan.samples[identity] as number);
        expect(foldOf.get(identity) ?? fold).toBe(fold);
        foldOf.set(identity, fold);
      }
    }
  });

  test("are a function of the seed", () => {
    expect(choosePairs(plan)).toEqual(choosePairs(plan));
    expect(choosePairs(plan)).not.toEqual(choosePairs({ ...plan, seed: 6 }));
  });

  test("are refused where there are too few", () => {
    expect(() => choosePairs({ ...plan, samples: [2, 2, 2] })).toThrow(/fold 0 has 1 identities/);
    expect(mostPairsPerFold({ samples: [2, 2, 2], seed: 5 })).toBe(0);
    const most = mostPairsPerFold(plan);
    expect(choosePairs({ ...plan, pairsPerFold: most }).length).toBe(20 * most);
    expect(() => choosePairs({ ...plan, pairsPerFold: most + 1 })).toThrow(/are wanted/);
    expect(() => choosePairs({ ...plan, pairsPerFold: 200 })).toThrow(/200 of each are wanted/);
    expect(() => choosePairs({ ...plan, pairsPerFold: 0 })).toThrow(/at least 1/);
  });
});

test("a manifest's row has declared columns", async () => {
  const put: Put = async (_, bytes) => {
    for await (const _chunk of bytes);
  };
  const write = writeManifestParquet([{ key: "a", odd: 1 }], { key: "string" }, put, 0);
  await expect(write).rejects.toThrow(/column odd: there are key/);
});

describe("several writers of one source", () => {
  const numbers = async function* (read: number[], count = 5) {
    for (let k = 0; k < count; k++) {
      read.push(k);
      yield k;
    }
  };
  const collect = (pause: number) => async (items: AsyncIterable<number>) => {
    const all: number[] = [];
    for await (const item of items) {
      await new Promise((done) => setTimeout(done, pause));
      all.push(item);
    }
    return all;
  };

  test("each has every item, and the source is read once and no further than the slowest", async () => {
    const read: number[] = [];
    const ahead: number[] = [];
    const slow = async (items: AsyncIterable<number>) => {
      for await (const item of items) {
        await new Promise((done) => setTimeout(done, 5));
        ahead.push(read.length - 1 - item);
      }
      return ahead;
    };
    const [first, second] = await toEach(numbers(read), [collect(0), collect(1), slow]);
    expect(first).toEqual([0, 1, 2, 3, 4]);
    expect(second).toEqual(first);
    expect(read).toEqual(first);
    expect(ahead).toEqual([0, 0, 0, 0, 0]);
  });

  test("what fails in one ends all, with its error", async () => {
    const read: number[] = [];
    const full = async (items: AsyncIterable<number>): Promise<number[]> => {
      for await (const item of items) if (item === 2) throw new Error("disk full");
      return [];
    };
    await expect(toEach(numbers(read, 1000), [collect(0), full, collect(1)])).rejects.toThrow(
      "disk full",
    );
    expect(read.length).toBeLessThan(5);
    const broken = async function* () {
      yield 1;
      throw new Error("part damaged");
    };
    await expect(toEach(broken(), [collect(0), collect(1)])).rejects.toThrow("part damaged");
    expect(await toEach(numbers([]), [])).toEqual([]);
  });
});
