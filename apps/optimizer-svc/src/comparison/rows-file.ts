import { createHash } from "node:crypto";
import type { ObjectStore } from "@hyperface/storage";
import { checkRows, type Rows, SET_HEADER_BYTES, setTensorPlace } from "@hyperface/vectors";

/** A stored set that is read a few rows at a time. */
export interface RowsFile {
  count: number;
  dimension: number;
  /** Unit rows from `start` on. @throws HyperFaceError `damaged-object`, `missing-object` */
  read(start: number, count: number): Promise<Rows>;
  /** SHA-256 of the whole file, verified on the way. */
  sha256(): Promise<string>;
}

/** @throws HyperFaceError `damaged-object` where it is no set, `missing-object` */
export async function openRows(
  store: Pick<ObjectStore, "getRange" | "getStream">,
  key: string,
  name: string,
): Promise<RowsFile> {
  const header = await store.getRange(key, 0, SET_HEADER_BYTES);
  const { shape, start: first } = setTensorPlace(header, "embeddings", name);
  const [count, dimension] = shape as [number, number];
  return {
    count,
    dimension,
    async read(start, rows) {
      const length = Math.min(rows, count - start);
      const width = 4 * dimension;
      const bytes = await store.getRange(key, first + start * width, length * width);
      const data = new Float32Array(Uint8Array.from(bytes).buffer);
      checkRows(data, dimension, name);
      return { data, dimension };
    },
    async sha256() {
      const hash = createHash("sha256");
      for await (const bytes of store.getStream(key)) hash.update(bytes);
      return hash.digest("hex");
    },
  };
}
