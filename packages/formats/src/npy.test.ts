import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { readNpyHeader } from "./npy-header.ts";
import { decodesOrRefuses, mutated, tensor } from "./test-arbitraries.ts";

// Written by NumPy: fixtures/make.py.
const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url));
const matrix = Float32Array.from({ length: 12 }, (_, k) => (k - 5) / 7);
const asMatrix = { data: matrix, shape: [4, 3] };

test.each([
  "matrix",
  "fortran",
  "version-2",
  "version-3",
  "spelling-python2",
  "spelling-double-quotes",
  "spelling-spaces",
  "spelling-fortran-spaces",
])("reads what NumPy reads: %s.npy", async (name) => {
  expect(decodeNpy(await fixture(`${name}.npy`))).toEqual(asMatrix);
});

test("reads other types, byte orders and numbers of axes", async () => {
  const read = async (name: string) => decodeNpy(await fixture(name));
  expect(await read("vector.npy")).toEqual({ data: BigInt64Array.of(1n, -2n, 3n), shape: [3] });
  expect(await read("scalar.npy")).toEqual({ data: Float64Array.of(1.5), shape: [] });
  expect(await read("empty.npy")).toEqual({ data: new Float32Array(0), shape: [0, 512] });
  expect(await read("big-endian.npy")).toEqual({ data: Float64Array.from(matrix), shape: [4, 3] });
  const counted = Int32Array.from({ length: 24 }, (_, k) => k);
  expect(await read("fortran-3d.npy")).toEqual({ data: counted, shape: [2, 3, 4] });
  const half = await read("half.npy");
  expect(half).toEqual(await read("big-endian-half.npy"));
  // float16 has 11 significant bits.
  for (const [k, x] of matrix.entries()) {
    expect(Math.abs((half.data[k] as number) - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -11);
  }
});

test("every float16 is the float32 that NumPy makes of it", async () => {
  const header = encodeNpy({ data: new Int32Array(32768), shape: [32768] }).subarray(0, 128);
  const head = Buffer.from(header)
    .toString("latin1")
    .replace("<i4", "<f2")
    .replace("32768", "65536");
  const bits = Buffer.from(Uint16Array.from({ length: 65536 }, (_, k) => k).buffer);
  const { data } = decodeNpy(Buffer.concat([Buffer.from(head, "latin1"), bits]));
  const numbers = (data as Float32Array).filter((x) => !Number.isNaN(x));
  const digest = createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex");
  expect(digest).toBe(await fixture("halves.sha256").then(String));
});

test("writes NumPy's bytes", async () => {
  const bytes = encodeNpy(asMatrix);
  expect(Buffer.from(bytes).equals(await fixture("matrix.npy"))).toBe(true);
  const layout = { descr: "<f4", fortranOrder: false, shape: [4, 3], dataOffset: 128 };
  expect(readNpyHeader(bytes)).toMatchObject(layout);
  expect(readNpyHeader(bytes.subarray(0, 128), bytes.length)).toMatchObject(layout);
  expect(() => encodeNpy({ data: matrix, shape: [5, 3] })).toThrow(RangeError);
});

/** A file of 48 bytes of numbers under a header. */
const under = (head: string, version = 1) => {
  const size = Buffer.from([head.length % 256, head.length >> 8, 0, 0]);
  const start = [Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0])];
  return Buffer.concat([
    ...start,
    size.subarray(0, version > 1 ? 4 : 2),
    Buffer.from(head),
    Buffer.alloc(48),
  ]);
};
const header = (entries: string) => under(`{${entries}}`);

test.each([
  ["text", Buffer.from("a text file, not an array"), /NUMPY/],
  ["nothing", Buffer.alloc(0), /NUMPY/],
  ["a cut header", under("{'descr': '<f4'}").subarray(0, 20), /header is cut short/],
  ["version 4", under("{}", 4), /version is 4.0/],
  ["a header of 4 GB", under("{}", 2).fill(255, 8, 12), /header is of 4294967307 bytes/],
  ["no dict", under("('descr', 'shape')"), /each once/],
  [
    "a key too many",
    header("'descr':'<f4','shape':(12,),'fortran_order':False,'x':1"),
    /each once/,
  ],
  ["a key twice", header("'descr':'<f4','descr':'<f8','shape':(6,)"), /each once/],
  ["a key missing", header("'descr':'<f4','shape':(12,)"), /each once/],
  ["an order of 1", header("'descr':'<f4','shape':(12,),'fortran_order':1"), /fortran_order is 1/],
  ["a size alone", header("'descr':'<f4','shape':(12),'fortran_order':False"), /shape is 12/],
  ["a negative size", header("'descr':'<f4','shape':(-4,-3),'fortran_order':False"), /shape is/],
  ["a list", header("'descr':'<f4','shape':[4,3],'fortran_order':False"), /shape is \[4,3\]/],
  [
    "another size",
    header("'descr':'<f4','shape':(4,4),'fortran_order':False"),
    /needs 64 bytes, there are 48/,
  ],
  [
    "terabytes",
    header(`'descr':'<f8','shape':(${2 ** 40},),'fortran_order':False`),
    /there are 48/,
  ],
  ["code", header("'descr':f(),'shape':(4,3),'fortran_order':False"), /no literal at character 9/],
  ["depth", under("[".repeat(60_000)), /nested too deep/],
])("says why it refuses a file: %s", (_, bytes, why) => {
  const refusal = { code: "malformed-body", message: expect.stringMatching(why) };
  expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining(refusal));
});

test.each([
  ["complex.npy", /type <c8, not supported/],
  ["structured.npy", /type \[\('x', '<f4'\), \('y', '<i2', \(3,\)\)\], not supported/],
])("a file of a type that is not read is not called broken: %s", async (name, why) => {
  const refusal = { code: "unsupported-dtype", message: expect.stringMatching(why) };
  await expect(fixture(name).then(decodeNpy)).rejects.toMatchObject(refusal);
});

test("what is written is read back", () => {
  fc.assert(
    fc.property(tensor, (given) => {
      expect(decodeNpy(encodeNpy(given))).toEqual(given);
    }),
  );
});

test("bytes of any kind are decoded or refused, within memory in proportion to the file", () => {
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    mutated(tensor.map(encodeNpy)),
    fc.string({ maxLength: 200 }).map((head) => under(head.slice(0, 200))),
  );
  fc.assert(
    fc.property(files, (bytes) => decodesOrRefuses(decodeNpy, bytes)),
    { numRuns: 2000 },
  );
});
