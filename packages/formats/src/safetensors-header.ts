import { HyperFaceError } from "@hyperface/contracts";
import { elements } from "./tensor.ts";

/** A tensor's place, as the header has it. */
export interface Entry {
  dtype: string;
  shape: number[];
  /** First byte and the one after the last, counted from the header's end. */
  data_offsets: [number, number];
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  /** By place in the file. */
  entries: [string, Entry][];
  bodyOffset: number;
}

/**
 * The header of a safetensors file, from its first bytes: names are unique, tensors lie one after the other
 * from the body's first byte, as the format demands.
 * @throws HyperFaceError `malformed-body`
 */
export function readSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  if (bytes.length < 8) throw malformedSafetensors("it is shorter than its header's length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) throw malformedSafetensors("it is cut short in its header");
  const header = parse(bytes.subarray(8, 8 + length));
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isMap(metadata) || !Object.values(metadata).every((text) => typeof text === "string")) {
    throw malformedSafetensors("its __metadata__ is no map of strings");
  }
  const entries = Object.entries(rest).map(([name, value]): [string, Entry] => [
    name,
    entryOf(name, value),
  ]);
  return {
    metadata: metadata as Record<string, string>,
    entries: inOrder(entries),
    bodyOffset: 8 + length,
  };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(bytes: Uint8Array): Record<string, unknown> {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // What is no text is no object either.
  }
  return parseJsonObject(text, "its header");
}

/**
 * A JSON object that has no name twice.
 * @param what it is of a safetensors file
 * @throws HyperFaceError `malformed-body`
 */
export function parseJsonObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What cannot be parsed is no object either.
  }
  if (!isMap(value)) throw malformedSafetensors(`${what} is not a JSON object`);
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    throw malformedSafetensors(`${what} has ${JSON.stringify(twice)} twice`);
  }
  return value;
}

/** A key that an object in valid JSON has twice, which JSON.parse passes over. */
function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const key = keyOf(text as string);
      if (open.at(-1)?.has(key)) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}

/** Of its JSON: most have nothing that is escaped. */
const keyOf = (text: string) =>
  text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);

function entryOf(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isMap(value) ? value : {};
  const sizes = (list: unknown): list is number[] =>
    Array.isArray(list) && !Number.isNaN(elements(list));
  if (typeof dtype !== "string" || !sizes(shape) || !sizes(offsets) || offsets.length !== 2) {
    throw malformedSafetensors(`tensor ${name} has no dtype, shape or data_offsets`);
  }
  return { dtype, shape, data_offsets: offsets as [number, number] };
}

function inOrder(entries: [string, Entry][]): [string, Entry][] {
  const place = ([, { data_offsets }]: [string, Entry]) => data_offsets;
  const ordered = entries.toSorted(
    (a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1],
  );
  let expected = 0;
  for (const [name, entry] of ordered) {
    const [start, end] = entry.data_offsets;
    if (start !== expected || end < start) {
      throw malformedSafetensors(
        `tensor ${name} does not fit: bytes ${start} to ${end}, not from ${expected}`,
      );
    }
    expected = end;
  }
  return ordered;
}

export const malformedSafetensors = (why: string) =>
  new HyperFaceError("malformed-body", `this is no safetensors file: ${why}`);
