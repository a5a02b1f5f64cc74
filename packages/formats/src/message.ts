import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { malformedSafetensors as malformed, parseJsonObject } from "./safetensors-header.ts";
import type { Tensor, TensorData } from "./tensor.ts";

/** The name of the JSON in a message's metadata. */
const JSON_NAME = "json";

/**
 * A message of one process to another, as a safetensors file: JSON in its metadata, in which each typed array of
 * `value` stands as null, and the array itself as a tensor of its place's name, an RFC 6901 pointer: /items/0/embedding.
 * @param value of JSON and typed arrays; what is undefined is left out
 */
export function encodeMessage(value: object): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  const lift = (node: unknown, pointer: string): unknown => {
    if (ArrayBuffer.isView(node)) {
      const data = node as TensorData;
      tensors[pointer] = { data, shape: [data.length] };
      return null;
    }
    if (Array.isArray(node)) return node.map((each, i) => lift(each, `${pointer}/${i}`));
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node).map(([name, each]) => [
      name,
      lift(each, `${pointer}/${escapeName(name)}`),
    ]);
    return Object.fromEntries(entries);
  };
  const json = JSON.stringify(lift(value, ""));
  return encodeSafetensors({ tensors, metadata: { [JSON_NAME]: json } });
}

/**
 * What {@link encodeMessage} was given, with arrays of its own memory.
 * @throws HyperFaceError `malformed-body`, `unsupported-dtype`
 */
export function decodeMessage(bytes: Uint8Array): Record<string, unknown> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const json = metadata[JSON_NAME];
  if (json === undefined) throw malformed(`its __metadata__ has no ${JSON_NAME}`);
  const value = parseJsonObject(json, `its ${JSON_NAME}`);
  for (const [pointer, { data, shape }] of Object.entries(tensors)) {
    if (shape.length !== 1) throw malformed(`tensor ${pointer} is not of one axis`);
    put(value, pointer, data);
  }
  return value;
}

/** Nothing is put but where a null stands. */
function put(value: object, pointer: string, data: TensorData): void {
  const names = pointer.split("/").slice(1).map(unescapeName);
  const last = names.pop();
  let node: unknown = value;
  for (const name of names) node = own(node, name);
  if (last === undefined || own(node, last) !== null) {
    throw malformed(`there is no null at ${pointer} for tensor ${pointer}`);
  }
  (node as Record<string, unknown>)[last] = data;
}

const own = (node: unknown, name: string): unknown =>
  typeof node === "object" && node !== null && Object.hasOwn(node, name)
    ? (node as Record<string, unknown>)[name]
    : undefined;

const escapeName = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
const unescapeName = (name: string) => name.replaceAll("~1", "/").replaceAll("~0", "~");
