import {
  type Entry,
  malformedSafetensors as malformed,
  readSafetensorsHeader,
} from "./safetensors-header.ts";
import {
  arrayFrom,
  bytesOf,
  checkShape,
  elements,
  kindNamed,
  kindOf,
  type Tensor,
  unsupportedType,
} from "./tensor.ts";

export interface SafetensorsFile {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

type SafetensorsContent = Pick<SafetensorsFile, "tensors"> & Partial<SafetensorsFile>;

/** A safetensors file: named tensors and string metadata. */
export function encodeSafetensors(content: SafetensorsContent): Uint8Array {
  const pieces = safetensorsPieces(content);
  const bytes = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}

/** A safetensors file in pieces, of which each tensor's is a view of its data: nothing is copied. */
export function safetensorsPieces({ tensors, metadata = {} }: SafetensorsContent): Uint8Array[] {
  const all = Object.entries(tensors);
  const described = all.map(([name, tensor]): [string, TensorHead] => {
    checkShape(name, tensor);
    const { safetensors: dtype } = kindOf(tensor.data);
    return [name, { dtype, shape: tensor.shape, bytes: tensor.data.byteLength }];
  });
  const head = safetensorsHead(Object.fromEntries(described), metadata);
  return [head, ...Object.values(tensors).map(bytesOf)];
}

/** A tensor whose bytes come later. */
export interface TensorHead {
  dtype: string;
  shape: readonly number[];
  bytes: number;
}

/** The beginning of a safetensors file, which the bytes of its tensors follow one after the other. */
export function safetensorsHead(
  tensors: Record<string, TensorHead>,
  metadata: Record<string, string>,
): Uint8Array {
  const header: [string, Entry | Record<string, string>][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    if (name === "__metadata__") throw new RangeError(`${name} is no name for a tensor`);
    const start = end;
    end += bytes;
    header.push([name, { dtype, shape: [...shape], data_offsets: [start, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Spaces up to a multiple of 8 keep the tensors aligned, as the format asks.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + headerLength).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(json, 8);
  return head;
}

/**
 * Where each tensor's bytes are in a safetensors file, from its first bytes.
 * @throws HyperFaceError `malformed-body` where the header is not whole or not in order
 */
export function safetensorsLayout(
  bytes: Uint8Array,
): Record<string, { shape: number[]; start: number; end: number }> {
  const { entries, bodyOffset } = readSafetensorsHeader(bytes);
  const place = ({ shape, data_offsets: [start, end] }: Entry) => {
    return { shape, start: bodyOffset + start, end: bodyOffset + end };
  };
  return Object.fromEntries(entries.map(([name, entry]) => [name, place(entry)]));
}

/**
 * A safetensors file's metadata and tensors, all or those `wanted` that it has: of what is not wanted the
 * types do not matter.
 * @throws HyperFaceError `malformed-body`, `unsupported-dtype`, saying what is wrong with the file
 */
export function decodeSafetensors(bytes: Uint8Array, wanted?: readonly string[]): SafetensorsFile {
  const { metadata, entries, bodyOffset } = readSafetensorsHeader(bytes);
  const body = bytes.subarray(bodyOffset);
  const end = entries.reduce((last, [, { data_offsets }]) => Math.max(last, data_offsets[1]), 0);
  if (end !== body.length) {
    throw malformed(`its tensors need ${end} bytes, there are ${body.length}`);
  }
  const read = entries.filter(([name]) => !wanted || wanted.includes(name));
  const tensors = Object.fromEntries(
    read.map(([name, entry]) => [name, readTensor(name, entry, body)]),
  );
  return { tensors, metadata };
}

function readTensor(name: string, entry: Entry, body: Uint8Array): Tensor {
  const { dtype, shape, data_offsets } = entry;
  const kind = kindNamed("safetensors", dtype);
  if (!kind) throw unsupportedType(`tensor ${name}`, dtype, "save it as F32");
  const [start, end] = data_offsets;
  const size = elements(shape) * kind.width;
  if (end - start !== size) {
    throw malformed(
      `tensor ${name} of shape (${shape}) needs ${size} bytes, it has ${end - start}`,
    );
  }
  return { data: arrayFrom(kind, body.subarray(start, end)), shape };
}
