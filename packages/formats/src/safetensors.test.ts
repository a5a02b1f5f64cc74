import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const matrix = Float32Array.from({ length: 12 }, (_, k) => (k - 5) / 7);
const file = {
  tensors: {
    embeddings: { data: matrix, shape: [4, 3] },
    bytes: { data: Uint8Array.of(1, 2, 255), shape: [3] },
  },
  metadata: { model: "toy" },
};

test("reads what the safetensors library writes (fixtures/make.py)", async () => {
  const bytes = await readFile(new URL("../fixtures/tensors.safetensors", import.meta.url));
  expect(decodeSafetensors(bytes)).toEqual(file);
});

test("reads its own files, at any alignment", () => {
  const bytes = encodeSafetensors(file);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeSafetensors(shifted.subarray(1))).toEqual(file);
});

test("says why a file is refused", () => {
  const good = encodeSafetensors(file);
  expect(() => decodeSafetensors(good.subarray(0, 5))).toThrow(/shorter/);
  expect(() => decodeSafetensors(good.subarray(0, 50))).toThrow(/cut short/);
  expect(() => decodeSafetensors(good.subarray(0, good.length - 1))).toThrow(/does not fit/);
  expect(() => decodeSafetensors(Buffer.from(`\x02\0\0\0\0\0\0\0[]`))).toThrow(/JSON object/);
  expect(() => decodeSafetensors(Buffer.from("hello, this is text"))).toThrow(/cut short/);
});
