import { ByteBuffer } from "flatbuffers";

/** A TensorFlow Lite model's first subgraph as plain data. */
export interface TfliteGraph {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
  inputs: number[];
  outputs: number[];
}

export interface TfliteTensor {
  name: string;
  shape: number[];
  /** A constant's elements; undefined where the value is computed. */
  data?: Float32Array | Int32Array;
}

export interface TfliteOperator {
  /** BuiltinOperator of schema.fbs. */
  code: number;
  /** Of an operator that is none of TensorFlow Lite's own. */
  custom: string;
  inputs: number[];
  outputs: number[];
  options: TfliteTable;
}

/** Fields by their number in schema.fbs; absent ones give the default. */
export interface TfliteTable {
  byte(field: number, fallback?: number): number;
  int(field: number, fallback?: number): number;
}

// TensorType of schema.fbs.
const FLOAT32 = 0;
const FLOAT16 = 1;
const INT32 = 2;

/** @throws Error where the bytes are no model this reads */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  const buffer = new ByteBuffer(bytes);
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(4, 8)) !== "TFL3") {
    throw new Error("this is no TensorFlow Lite model: it has no TFL3 mark");
  }
  const model = table(buffer, buffer.readInt32(0));
  const codes = model.tables(1).map((entry) => ({
    // Codes above 127 are in the later field alone; it is 0 in files older than it.
    code: Math.max(entry.int(3), entry.byte(0)),
    custom: entry.string(1),
  }));
  const buffers = model.tables(4);
  const subgraph = model.tables(2)[0] as Table;
  return {
    tensors: subgraph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    operators: subgraph.tables(3).map((operator) => ({
      ...(codes[operator.int(0)] as { code: number; custom: string }),
      inputs: operator.ints(1),
      outputs: operator.ints(2),
      options: operator.table(4),
    })),
    inputs: subgraph.ints(1),
    outputs: subgraph.ints(2),
  };
}

function readTensor(tensor: Table, buffers: Table[]): TfliteTensor {
  const header = { name: tensor.string(3), shape: tensor.ints(0) };
  const bytes = buffers[tensor.int(2)]?.bytes(0);
  if (!bytes || bytes.length === 0) return header;
  const type = tensor.byte(1);
  const aligned = new Uint8Array(bytes).buffer;
  if (type === FLOAT32) return { ...header, data: new Float32Array(aligned) };
  if (type === FLOAT16) return { ...header, data: widen(new Uint16Array(aligned)) };
  if (type === INT32) return { ...header, data: new Int32Array(aligned) };
  throw new Error(`tensor ${header.name} is of TensorFlow Lite type ${type}, which is not read`);
}

/** Half-precision numbers, as their 16 bits, in single precision: exactly. */
function widen(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

interface Table extends TfliteTable {
  string(field: number): string;
  ints(field: number): number[];
  bytes(field: number): Uint8Array;
  table(field: number): Table;
  tables(field: number): Table[];
}

/** A flatbuffer table; `position` 0 is one without fields. */
function table(buffer: ByteBuffer, position: number): Table {
  const at = (field: number) => {
    const offset = position === 0 ? 0 : buffer.__offset(position, 4 + 2 * field);
    return offset === 0 ? undefined : position + offset;
  };
  const vector = <T>(field: number, item: (start: number, index: number) => T): T[] => {
    const place = at(field);
    if (place === undefined) return [];
    const start = buffer.__vector(place);
    return Array.from({ length: buffer.__vector_len(place) }, (_, i) => item(start, i));
  };
  return {
    byte: (field: number, fallback = 0) => {
      const place = at(field);
      return place === undefined ? fallback : buffer.readInt8(place);
    },
    int: (field: number, fallback = 0) => {
      const place = at(field);
      return place === undefined ? fallback : buffer.readInt32(place);
    },
    string: (field: number) => {
      const place = at(field);
      return place === undefined ? "" : String(buffer.__string(place));
    },
    ints: (field: number) => vector(field, (start, i) => buffer.readInt32(start + 4 * i)),
    bytes: (field: number) => {
      const place = at(field);
      if (place === undefined) return new Uint8Array();
      const start = buffer.__vector(place);
      return buffer.bytes().subarray(start, start + buffer.__vector_len(place));
    },
    table: (field: number): Table => {
      const place = at(field);
      return table(buffer, place === undefined ? 0 : buffer.__indirect(place));
    },
    tables: (field: number): Table[] =>
      vector(field, (start, i) => table(buffer, buffer.__indirect(start + 4 * i))),
  };
}
