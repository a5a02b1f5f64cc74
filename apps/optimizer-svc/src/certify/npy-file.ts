import { type FileHandle, open } from "node:fs/promises";
import { type ErrorCode, HyperFaceError } from "@hyperface/contracts";
import { NPY_HEADER_LIMIT, npyElements, readNpyHeader } from "@hyperface/formats";
import { admitVectors, type Rows } from "@hyperface/vectors";

/** Vectors in a file, read a part at a time: the file may be larger than memory. */
export interface VectorFile {
  count: number;
  dimension: number;
  /** Unit rows. @throws HyperFaceError `invalid-vector` where one is zero or not finite */
  read(start: number, count: number): Promise<Rows>;
  close(): Promise<void>;
}

/** @throws HyperFaceError `malformed-body`, `unsupported-dtype` where it is no .npy file of floats [n, d] */
export async function openNpyFile(path: string): Promise<VectorFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const header = readNpyHeader(await bytesAt(file, 0, NPY_HEADER_LIMIT), size);
    const { descr, kind, shape, dataOffset } = header;
    const [count = 0, dimension = 0] = shape;
    const wrong = (code: ErrorCode, why: string) => new HyperFaceError(code, `${path}: ${why}`);
    if (!kind.npy.startsWith("f")) {
      throw wrong("unsupported-dtype", `its type is ${descr}: save x.astype("<f4")`);
    }
    if (header.fortranOrder) {
      throw wrong("malformed-body", "it is in Fortran order: save numpy.ascontiguousarray(x)");
    }
    if (shape.length !== 2 || count < 1 || dimension < 2) {
      throw wrong("malformed-body", `its shape is (${shape.join(", ")}): (n, d) is needed, d >= 2`);
    }
    return {
      count,
      dimension,
      async read(start, wanted) {
        const rows = Math.min(wanted, count - start);
        const width = kind.width * dimension;
        const bytes = await bytesAt(file, dataOffset + start * width, rows * width);
        const data = npyElements(header, bytes);
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
