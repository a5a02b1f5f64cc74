import { checked, type Images, type Place, type Put, shardName } from "./export.ts";
import { encodeRecord, isWhole, RECORD_HEAD } from "./recordio.ts";

/** Reads what `Put` wrote. */
export type Get = (name: string) => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;

const partName = (shard: number) => shardName("part", shard, "rec");
const partIndexName = (shard: number) => shardName("part", shard, "tsv");

/** Where the first part begins in a joined train.rec: after record 0. */
export const RECORDS_START = encodeRecord({ label: [0, 0], id: 0 }, new Uint8Array(0)).length;

/**
 * Some images as records, by label: a part of a train.rec, to be joined.
 * @param first the record number of the first image: 1 + the images of the parts before
 * @returns where each image is in the part
 */
export async function writeRecordPart(
  images: Images,
  put: Put,
  shard: number,
  first: number,
): Promise<Place[]> {
  const file = partName(shard);
  const places: Place[] = [];
  const lines: string[] = [];
  async function* records() {
    let position = 0;
    for await (const { key, label, bytes } of checked(images)) {
      const id = first + places.length;
      const record = encodeRecord({ label, id }, bytes);
      const offset = isWhole(record) ? position + RECORD_HEAD : null;
      places.push({ key, file, row: places.length, offset, length: bytes.length });
      lines.push(`${id}\t${position}\t${label}\n`);
      position += record.length;
      yield record;
    }
  }
  await put(file, records());
  await put(partIndexName(shard), textOf(lines));
  return places;
}

export interface RecordDataset {
  parts: number;
  identities: number;
  /** Of every image, in pixels. */
  height: number;
  width: number;
}

/**
 * `train.rec`, `train.idx` and `property` as InsightFace and AdaFace read them, from the parts. Record 0 says
 * which records are images, [1, a), and which are identities, [a, b); an identity's record says which images
 * are its own.
 * @returns where each part begins in train.rec
 * @throws RangeError where the images are not in the order of their labels
 */
export async function joinRecordParts(
  { parts, identities, height, width }: RecordDataset,
  get: Get,
  put: Put,
): Promise<number[]> {
  const { images, ends } = await rangesOf(parts, identities, get);
  const bases: number[] = [];
  const tail: string[] = [];
  async function* records() {
    const range = [images + 1, images + 1 + identities];
    const head = encodeRecord({ label: range, id: 0 }, new Uint8Array(0));
    let position = head.length;
    yield head;
    for (let part = 0; part < parts; part++) {
      bases.push(position);
      for await (const bytes of await get(partName(part))) {
        position += bytes.length;
        yield bytes;
      }
    }
    for (let identity = 0; identity < identities; identity++) {
      const id = images + 1 + identity;
      const own = [(ends[identity] as number) + 1, (ends[identity + 1] as number) + 1];
      const record = encodeRecord({ label: own, id }, new Uint8Array(0));
      tail.push(`${id}\t${position}\n`);
      position += record.length;
      yield record;
    }
  }
  async function* index() {
    yield* textOf(["0\t0\n"]);
    for (let part = 0; part < parts; part++) {
      const lines = await linesOf(part, get);
      yield* textOf(lines.map(([id, at]) => `${id}\t${(bases[part] as number) + at}\n`));
    }
    yield* textOf(tail);
  }
  await put("train.rec", records());
  await put("train.idx", index());
  await put("property", textOf([`${identities},${height},${width}`]));
  return bases;
}

/** How many images there are, and how many of them stand before each label and after the last. */
async function rangesOf(parts: number, identities: number, get: Get) {
  const ends = new Float64Array(identities + 1);
  let images = 0;
  let last = 0;
  for (let part = 0; part < parts; part++) {
    for (const [id, , label] of await linesOf(part, get)) {
      if (id !== ++images) throw new RangeError(`record ${id} stands where ${images} should`);
      if (label < last || label >= identities) {
        throw new RangeError(`label ${label} after ${last}: they must ascend to ${identities - 1}`);
      }
      ends.fill(images - 1, last + 1, label + 1);
      last = label;
    }
  }
  ends.fill(images, last + 1);
  return { images, ends };
}

async function linesOf(part: number, get: Get): Promise<[id: number, at: number, label: number][]> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of await get(partIndexName(part))) pieces.push(bytes);
  const lines = Buffer.concat(pieces).toString().split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t").map(Number) as [number, number, number]);
}

async function* textOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.join(""));
}
