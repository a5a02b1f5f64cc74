import { HyperFaceError } from "@hyperface/contracts";

/** What the files hold, row-major. Half precision is read into Float32Array. */
export type TensorData = Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array;

export interface Tensor<D extends TensorData = TensorData> {
  data: D;
  shape: readonly number[];
}

export interface Kind {
  /** The dtype in a safetensors header. */
  safetensors: string;
  /** The dtype in a .npy header, without its byte order. */
  npy: string;
  /** Bytes of one element in a file. */
  width: number;
  read: (buffer: ArrayBuffer) => TensorData;
  /** What is written as this kind; none for kinds that are only read. */
  array?: abstract new (
    ...args: never[]
  ) => TensorData;
}

const KINDS: readonly Kind[] = [
  kind("F32", "f4", 4, Float32Array),
  kind("F64", "f8", 8, Float64Array),
  kind("U8", "u1", 1, Uint8Array),
  kind("I32", "i4", 4, Int32Array),
  kind("I64", "i8", 8, BigInt64Array),
  { safetensors: "F16", npy: "f2", width: 2, read: readHalves },
];

function kind(
  safetensors: string,
  npy: string,
  width: number,
  array: new (buffer: ArrayBuffer) => TensorData,
): Kind {
  return { safetensors, npy, width, array, read: (buffer) => new array(buffer) };
}

export const kindOf = (data: TensorData): Kind =>
  KINDS.find(({ array }) => array && data instanceof array) as Kind;

export const kindNamed = (format: "safetensors" | "npy", name: string): Kind | undefined =>
  KINDS.find((candidate) => candidate[format] === name);

/** Number of elements of a shape; NaN where it is no shape. */
export const elements = (shape: readonly number[]): number =>
  shape.every((size) => Number.isSafeInteger(size) && size >= 0)
    ? shape.reduce((product, size) => product * size, 1)
    : Number.NaN;

/** @throws RangeError where a tensor's shape is not its data's */
export function checkShape(name: string, { shape, data }: Tensor): void {
  if (elements(shape) === data.length) return;
  throw new RangeError(`${name}: shape (${shape}) does not hold ${data.length} elements`);
}

/** The bytes a tensor stands on, without copying. */
export const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Elements of a kind from bytes at any alignment: copied, so that they own their memory. */
export function arrayFrom(kind: Kind, bytes: Uint8Array, bigEndian = false): TensorData {
  const own = new Uint8Array(bytes);
  const buffer = Buffer.from(own.buffer);
  if (bigEndian && kind.width === 2) buffer.swap16();
  if (bigEndian && kind.width === 4) buffer.swap32();
  if (bigEndian && kind.width === 8) buffer.swap64();
  return kind.read(own.buffer);
}

/** A file whose numbers are of a type that is not read; the file itself is in order. */
export const unsupportedType = (what: string, type: string, remedy: string) =>
  new HyperFaceError("unsupported-dtype", `${what} is of type ${type}, not supported: ${remedy}`);

/** IEEE 754 binary16, exactly. */
function readHalves(buffer: ArrayBuffer): Float32Array {
  return Float32Array.from(new Uint16Array(buffer), (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}
