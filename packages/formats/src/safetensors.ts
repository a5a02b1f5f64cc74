import { HyperFaceError } from "@hyperface/contracts";
import { arrayFrom, bytesOf, elements, kindNamed, kindOf, type Tensor } from "./tensor.ts";

export interface SafetensorsFile {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file: named tensors and string metadata. */
export function encodeSafetensors({
  tensors,
  metadata = {},
}: Pick<SafetensorsFile, "tensors"> & Partial<SafetensorsFile>): Uint8Array {
  const header: Record<string, Entry | Record<string, string>> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    if (elements(shape) !== data.length) {
      throw new RangeError(`${name}: shape ${shape} does not hold ${data.length} elements`);
    }
    const start = end;
    end += data.byteLength;
    header[name] = {
      dtype: kindOf(data).safetensors,
      shape: [...shape],
      data_offsets: [start, end],
    };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of 8 keep the tensors aligned, as the format asks.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let position = 8 + headerLength;
  for (const tensor of Object.values(tensors)) {
    bytes.set(bytesOf(tensor), position);
    position += tensor.data.byteLength;
  }
  return bytes;
}

/**
 * Where each tensor's bytes are in a safetensors file, from its first bytes.
 * @throws HyperFaceError `malformed-body` where the header is not whole
 */
export function safetensorsLayout(
  bytes: Uint8Array,
): Record<string, { shape: number[]; start: number; end: number }> {
  const { entries, bodyOffset } = readHeader(bytes);
  return Object.fromEntries(
    Object.entries(entries).map(
      ([
        name,
        {
          shape,
          data_offsets: [start, end],
        },
      ]) => [name, { shape, start: bodyOffset + start, end: bodyOffset + end }],
    ),
  );
}

/**
 * A safetensors file's tensors and metadata.
 * @throws HyperFaceError `malformed-body` saying what is wrong with the file
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { metadata, entries, bodyOffset } = readHeader(bytes);
  const body = bytes.subarray(bodyOffset);
  const tensors = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, readTensor(name, entry, body)]),
  );
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array) {
  if (bytes.length < 8) throw malformed("it is shorter than its header's length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) throw malformed("it is cut short in its header");
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + length));
  return {
    metadata: metadata as Record<string, string>,
    entries: entries as Record<string, Entry>,
    bodyOffset: 8 + length,
  };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch {
    // Falls through to the one error of a header that is not a JSON object.
  }
  throw malformed("its header is not a JSON object");
}

function readTensor(name: string, entry: Entry, body: Uint8Array): Tensor {
  const kind = kindNamed("safetensors", entry?.dtype);
  if (!kind)
    throw malformed(`tensor ${name} is of type ${entry?.dtype}, which is not read: use F32`);
  const [start, end] = Array.isArray(entry.data_offsets) ? entry.data_offsets : [-1, -1];
  const size =
    elements(Array.isArray(entry.shape) ? entry.shape : [-1]) * kind.array.BYTES_PER_ELEMENT;
  if (!(start >= 0 && end <= body.length && end - start === size)) {
    throw malformed(
      `tensor ${name} does not fit: shape (${entry.shape}), bytes ${start} to ${end}`,
    );
  }
  return { data: arrayFrom(kind, body.subarray(start, end)), shape: entry.shape };
}

const malformed = (why: string) =>
  new HyperFaceError("malformed-body", `this is no safetensors file: ${why}`);
