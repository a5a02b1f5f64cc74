import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, safetensorsLayout } from "./safetensors.ts";
import { decodesOrRefuses, mutated, tensor } from "./test-arbitraries.ts";

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url));
const matrix = Float32Array.from({ length: 12 }, (_, k) => (k - 5) / 7);
const file = {
  tensors: {
    embeddings: { data: matrix, shape: [4, 3] },
    bytes: { data: Uint8Array.of(1, 2, 255), shape: [3] },
  },
  metadata: { model: "toy" },
};

test("reads what the safetensors library writes (fixtures/make.py)", async () => {
  expect(decodeSafetensors(await fixture("tensors.safetensors"))).toEqual(file);
});

test("reads only what is wanted: another tensor's type does not matter", async () => {
  const bytes = await fixture("siblings.safetensors");
  const { tensors } = decodeSafetensors(bytes, ["embeddings", "halves", "absent"]);
  expect(Object.keys(tensors).sort()).toEqual(["embeddings", "halves"]);
  expect(tensors.embeddings).toEqual(file.tensors.embeddings);
  expect(tensors.halves?.data[0]).toBeCloseTo(-5 / 7, 3);
  const refusal = { code: "unsupported-dtype", message: expect.stringMatching(/labels.* I16/) };
  expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining(refusal));
});

test("says where tensors are, from the file's first bytes", () => {
  const bytes = encodeSafetensors(file);
  const head = bytes.subarray(0, bytes.length - 51);
  const { embeddings } = safetensorsLayout(head);
  expect(embeddings).toEqual({ shape: [4, 3], start: head.length, end: head.length + 48 });
});

test("reads its own files, at any alignment", () => {
  const bytes = encodeSafetensors(file);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeSafetensors(shifted.subarray(1))).toEqual(file);
  expect(() => encodeSafetensors({ tensors: { x: { data: matrix, shape: [5] } } })).toThrow(
    /x: shape/,
  );
});

/** A file of a header and 8 bytes. */
const under = (json: string) => {
  const size = Buffer.alloc(8);
  size.writeUInt32LE(Buffer.byteLength(json));
  return Buffer.concat([size, Buffer.from(json), Buffer.alloc(8)]);
};
const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [start, end] });

test.each([
  ["five bytes", Buffer.alloc(5), /shorter/],
  ["text", Buffer.from("hello, this is text"), /cut short/],
  ["a cut header", under(`{"x":${entry(0, 8)}}`).subarray(0, 40), /cut short/],
  ["a list", under("[]"), /JSON object/],
  ["half of JSON", under(`{"x":`), /JSON object/],
  ["a name twice", under(`{"x":${entry(0, 4)},"\\u0078":${entry(4, 8)}}`), /has "x" twice/],
  [
    "a shape twice",
    under(`{"x":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,8]}}`),
    /"shape" twice/,
  ],
  ["a hole", under(`{"x":${entry(4, 8)}}`), /x does not fit: bytes 4 to 8, not from 0/],
  ["an overlap", under(`{"y":${entry(0, 8)},"x":${entry(4, 8)}}`), /x does not fit: bytes 4 to 8/],
  [
    "an end before its start",
    under(`{"x":${entry(0, 8)},"y":${entry(8, 4, [0])}}`),
    /y does not fit/,
  ],
  ["bytes of no tensor", under(`{"x":${entry(0, 4)}}`), /need 4 bytes, there are 8/],
  ["bytes that are not there", under(`{"x":${entry(0, 12)}}`), /need 12 bytes, there are 8/],
  ["another shape", under(`{"x":${entry(0, 8, [3])}}`), /needs 12 bytes, it has 8/],
  ["a shape of text", under(`{"x":${entry(0, 8).replace("[2]", '"2"')}}`), /no dtype, shape/],
  ["half an element", under(`{"x":${entry(0, 8, [1.5])}}`), /no dtype, shape/],
  ["three offsets", under(`{"x":${entry(0, 8).replace("0,8", "0,8,8")}}`), /no dtype, shape/],
  ["a number for a tensor", under(`{"x":1}`), /no dtype, shape/],
  ["metadata of numbers", under(`{"__metadata__":{"a":1},"x":${entry(0, 8)}}`), /map of strings/],
])("says why it refuses a file: %s", (_, bytes, why) => {
  const refusal = { code: "malformed-body", message: expect.stringMatching(why) };
  expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining(refusal));
});

const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
const files = fc.record({
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 4 }).map((all) => Object.fromEntries(all)),
  metadata: fc.dictionary(name, name, { noNullPrototype: true }),
});

test("what is written is read back", () => {
  fc.assert(
    fc.property(files, (given) => {
      expect(decodeSafetensors(encodeSafetensors(given))).toEqual(given);
    }),
  );
});

test("bytes of any kind are decoded or refused, within memory in proportion to the file", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.json().map(under),
    mutated(files.map(encodeSafetensors)),
  );
  fc.assert(
    fc.property(bytes, (given) => decodesOrRefuses(decodeSafetensors, given)),
    {
      numRuns: 2000,
    },
  );
});
