import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { decodeNpy, encodeNpy, readNpyHeader } from "./npy.ts";

// Written by NumPy: fixtures/make.py.
const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url));
const matrix = Float32Array.from({ length: 12 }, (_, k) => (k - 5) / 7);

test("reads NumPy's files", async () => {
  expect(decodeNpy(await fixture("matrix.npy"))).toEqual({ data: matrix, shape: [4, 3] });
  expect(decodeNpy(await fixture("vector.npy"))).toEqual({
    data: BigInt64Array.of(1n, -2n, 3n),
    shape: [3],
  });
});

test("writes NumPy's bytes", async () => {
  const bytes = encodeNpy({ data: matrix, shape: [4, 3] });
  expect(Buffer.from(bytes).equals(await fixture("matrix.npy"))).toBe(true);
  expect(readNpyHeader(bytes)).toEqual({ descr: "<f4", shape: [4, 3], dataOffset: 128 });
});

test("says why a file is refused", async () => {
  const good = encodeNpy({ data: matrix, shape: [4, 3] });
  expect(() => decodeNpy(good.subarray(0, 150))).toThrow(/needs 48 bytes, there are 22/);
  expect(() => decodeNpy(good.subarray(0, 40))).toThrow(/header is cut short/);
  expect(() => decodeNpy(Buffer.from("a text file, not an array"))).toThrow(/NUMPY/);
  expect(() => decodeNpy(new Uint8Array())).toThrow(/NUMPY/);
  expect(() => encodeNpy({ data: matrix, shape: [5, 3] })).toThrow(RangeError);
  await expect(fixture("fortran.npy").then(decodeNpy)).rejects.toThrow(/Fortran/);
  await expect(fixture("half.npy").then(decodeNpy)).rejects.toThrow(/<f2/);
});
