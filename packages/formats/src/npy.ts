import { NPY_MAGIC, type NpyHeader, readNpyHeader } from "./npy-header.ts";
import { arrayFrom, bytesOf, checkShape, kindOf, type Tensor, type TensorData } from "./tensor.ts";

/** A NumPy .npy file, version 1.0, little-endian, C order. */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const { shape, data } = tensor;
  checkShape("the array", tensor);
  const { npy, width } = kindOf(data);
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const descr = `${width === 1 ? "|" : "<"}${npy}`;
  const head = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${size}), }`;
  // The format asks for data at a multiple of 64 bytes and a newline before it.
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = Buffer.alloc(10 + padded.length + data.byteLength);
  bytes.write(NPY_MAGIC, "latin1");
  bytes[6] = 1;
  bytes.writeUInt16LE(padded.length, 8);
  bytes.write(padded, 10, "latin1");
  bytes.set(bytesOf(tensor), 10 + padded.length);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * A .npy file's tensor, row-major whatever the file's order; float64 stays float64, float16 becomes float32.
 * @throws HyperFaceError `malformed-body`, `unsupported-dtype`, saying what is wrong with the file
 */
export function decodeNpy(bytes: Uint8Array): Tensor<TensorData> {
  const header = readNpyHeader(bytes);
  const data = npyElements(header, bytes.subarray(header.dataOffset));
  const { shape } = header;
  return { data: header.fortranOrder ? rowMajor(data, shape) : data, shape };
}

/** Elements in the file's order, from their bytes. */
export const npyElements = ({ kind, bigEndian }: NpyHeader, bytes: Uint8Array): TensorData =>
  arrayFrom(kind, bytes, bigEndian);

/** The same array with its last index fastest. */
function rowMajor<D extends TensorData>(columns: D, shape: readonly number[]): D {
  const rows = columns.slice() as D;
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  let from = 0;
  for (let to = 0; to < rows.length; to++) {
    rows[to] = columns[from] as number & bigint;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return rows;
}
