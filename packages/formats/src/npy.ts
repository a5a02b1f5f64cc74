import { HyperFaceError } from "@hyperface/contracts";
import {
  arrayFrom,
  bytesOf,
  elements,
  kindNamed,
  kindOf,
  type Tensor,
  type TensorData,
} from "./tensor.ts";

const MAGIC = "\x93NUMPY";

/** A NumPy .npy file, version 1.0, little-endian, C order. */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const { shape, data } = tensor;
  if (elements(shape) !== data.length) {
    throw new RangeError(`shape ${shape} does not hold ${data.length} elements`);
  }
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const head = `{'descr': '${kindOf(data).npy}', 'fortran_order': False, 'shape': (${size}), }`;
  // The format asks for data at a multiple of 64 bytes and a newline before it.
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  const write = (text: string, at: number) => {
    for (let k = 0; k < text.length; k++) bytes[at + k] = text.charCodeAt(k);
  };
  write(MAGIC, 0);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, padded.length, true);
  write(padded, 10);
  bytes.set(bytesOf(tensor), 10 + padded.length);
  return bytes;
}

export interface NpyHeader {
  descr: string;
  shape: number[];
  /** Where the elements begin in the file. */
  dataOffset: number;
}

/**
 * The header of a .npy file from its first bytes.
 * @throws HyperFaceError `malformed-body`
 */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < 12 || text(0, 6) !== MAGIC)
    throw malformed("it does not begin with \\x93NUMPY");
  const long = (bytes[6] as number) >= 2;
  const start = long ? 12 : 10;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length || length > 65_536) throw malformed("its header is cut short");
  const head = text(start, start + length);
  const descr = /'descr':\s*'([^']*)'/.exec(head)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(head)?.[1];
  if (descr === undefined || shape === undefined)
    throw malformed("its header has no descr or shape");
  if (/'fortran_order':\s*True/.test(head)) {
    throw malformed("it is in Fortran order: save numpy.ascontiguousarray(x)");
  }
  const sizes = shape.split(",").map((size) => size.trim());
  return { descr, shape: sizes.filter((size) => size).map(Number), dataOffset: start + length };
}

/**
 * A .npy file's tensor.
 * @throws HyperFaceError `malformed-body` saying what is wrong with the file
 */
export function decodeNpy(bytes: Uint8Array): Tensor<TensorData> {
  const { descr, shape, dataOffset } = readNpyHeader(bytes);
  const kind = kindNamed("npy", descr);
  if (!kind) throw malformed(`its type ${descr} is not read: save x.astype("<f4")`);
  const expected = elements(shape) * kind.array.BYTES_PER_ELEMENT;
  if (bytes.length - dataOffset !== expected) {
    throw malformed(
      `shape (${shape}) needs ${expected} bytes, there are ${bytes.length - dataOffset}`,
    );
  }
  return { data: arrayFrom(kind, bytes.subarray(dataOffset)), shape };
}

const malformed = (why: string) =>
  new HyperFaceError("malformed-body", `this is no .npy file: ${why}`);
