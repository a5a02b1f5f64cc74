/** What the files hold, row-major. Names of kinds as in safetensors. */
export type TensorData = Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array;

export interface Tensor<D extends TensorData = TensorData> {
  data: D;
  shape: readonly number[];
}

interface Kind {
  safetensors: string;
  npy: string;
  array: {
    new (buffer: ArrayBuffer): TensorData;
    BYTES_PER_ELEMENT: number;
  };
}

const KINDS: readonly Kind[] = [
  { safetensors: "F32", npy: "<f4", array: Float32Array },
  { safetensors: "F64", npy: "<f8", array: Float64Array },
  { safetensors: "U8", npy: "|u1", array: Uint8Array },
  { safetensors: "I32", npy: "<i4", array: Int32Array },
  { safetensors: "I64", npy: "<i8", array: BigInt64Array },
];

export const kindOf = (data: TensorData): Kind =>
  KINDS.find(({ array }) => data instanceof array) as Kind;

export const kindNamed = (format: "safetensors" | "npy", name: string): Kind | undefined =>
  KINDS.find((kind) => kind[format] === name);

/** Number of elements of a shape; NaN where it is no shape. */
export const elements = (shape: readonly number[]): number =>
  shape.every((size) => Number.isSafeInteger(size) && size >= 0)
    ? shape.reduce((product, size) => product * size, 1)
    : Number.NaN;

/** The bytes a tensor stands on, without copying. */
export const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Elements of a kind from bytes at any alignment: copied, so that they own their memory. */
export const arrayFrom = (kind: Kind, bytes: Uint8Array): TensorData =>
  new kind.array(new Uint8Array(bytes).buffer);
