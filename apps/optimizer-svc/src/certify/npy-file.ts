import { type FileHandle, open } from "node:fs/promises";
import { HyperFaceError } from "@hyperface/contracts";
import { readNpyHeader } from "@hyperface/formats";
import { admitVectors, type Rows } from "@hyperface/vectors";

/** Vectors in a file, read a part at a time: the file may be larger than memory. */
export interface VectorFile {
  count: number;
  dimension: number;
  /** Unit rows. @throws HyperFaceError `invalid-vector` where one is zero or not finite */
  read(start: number, count: number): Promise<Rows>;
  close(): Promise<void>;
}

/** A header is 128 bytes as NumPy writes it, and never longer than this here. */
const HEADER = 65_536;

/** @throws HyperFaceError `malformed-body` where it is no .npy file of float32 [n, d] */
export async function openNpyFile(path: string): Promise<VectorFile> {
  const file = await open(path);
  try {
    const { descr, shape, dataOffset } = readNpyHeader(await bytesAt(file, 0, HEADER));
    const [count = 0, dimension = 0] = shape;
    const wrong = (why: string) => new HyperFaceError("malformed-body", `${path}: ${why}`);
    if (descr !== "<f4") throw wrong(`its type is ${descr}: save x.astype("<f4")`);
    if (shape.length !== 2 || count < 1 || dimension < 2) {
      throw wrong(`its shape is (${shape.join(", ")}): (n, d) is needed, d >= 2`);
    }
    const { size } = await file.stat();
    const expected = dataOffset + 4 * count * dimension;
    if (size !== expected) throw wrong(`it has ${size} bytes, its shape needs ${expected}`);
    return {
      count,
      dimension,
      async read(start, wanted) {
        const rows = Math.min(wanted, count - start);
        const bytes = await bytesAt(file, dataOffset + 4 * start * dimension, 4 * rows * dimension);
        const data = new Float32Array(bytes.buffer);
        const name = `${path}, from vector ${start} on`;
        const tensor = { data, shape: [rows, dimension] };
        return { data: admitVectors(tensor, { name, dimension }), dimension };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}
