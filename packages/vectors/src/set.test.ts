import { decodeSafetensors, encodeSafetensors } from "@hyperface/formats";
import { readsOrRefuses } from "@hyperface/formats/test-arbitraries";
import { expect, test } from "vitest";
import { normaliseRows } from "./normalise.ts";
import { decodeSet, type EmbeddingSet, encodeSet, setTensorPlace } from "./set.ts";

const dimension = 16;
const numbers = Float32Array.from({ length: 200 * dimension }, (_, k) => Math.sin(k * k + 1));
const set: EmbeddingSet = {
  embeddings: normaliseRows(numbers, dimension),
  dimension,
  model: { name: "toy", sha256: "0".repeat(64) },
  maker: { generator: null, seed: 3 },
  nearest: {
    index: Int32Array.from({ length: 200 }, (_, i) => (i + 1) % 200),
    cosine: Float32Array.from({ length: 200 }, (_, i) => i / 200),
  },
};
const file = encodeSet(set);

test("a set comes back as it was stored, to the bit", () => {
  expect(decodeSet(file, "it")).toEqual({ ...set, repelled: undefined });
  const { nearest: _, ...bare } = set;
  expect(decodeSet(encodeSet(bare), "it").nearest).toBeUndefined();
});

test("rows are found without reading the whole", () => {
  const { start } = setTensorPlace(file.subarray(0, 1000), "nearestCosine", "it");
  expect(new DataView(file.buffer, start).getFloat32(4 * 150, true)).toBe(0.75);
  expect(() => setTensorPlace(file, "repelledIndex", "it")).toThrow(/no tensor repelledIndex/);
});

test("what is not a set of unit rows is told as damage, and never mended", () => {
  const refusal = (bytes: Uint8Array) => {
    try {
      decodeSet(bytes, "gallery g");
      return "nothing";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const place = setTensorPlace(file, "embeddings", "it").start;
  for (const bit of [23, 30]) {
    const flipped = Uint8Array.from(file);
    const at = place + 4 * 500 + Math.floor(bit / 8);
    flipped[at] = (flipped[at] as number) ^ (1 << (bit % 8));
    expect(refusal(flipped)).toBe("damaged-object");
  }
  expect(refusal(file.subarray(0, file.length - 4))).toBe("damaged-object");
  expect(refusal(Uint8Array.of(1, 2, 3))).toBe("damaged-object");
  expect(refusal(encodeSet({ ...set, nearest: undefined, embeddings: new Float32Array(32) }))).toBe(
    "damaged-object",
  );
});

test("bytes of any kind are a set or damage; neighbours are one a row", () => {
  const small = {
    ...set,
    embeddings: set.embeddings.subarray(0, 3 * dimension),
    nearest: undefined,
  };
  readsOrRefuses((bytes) => decodeSet(bytes, "it"), encodeSet(small), "damaged-object");
  const { tensors, metadata } = decodeSafetensors(encodeSet(small));
  const nearestIndex = { data: Int32Array.of(1, 0), shape: [2] };
  const nearestCosine = { data: Float32Array.of(0.5, 0.5), shape: [2] };
  for (const more of [{ nearestIndex, nearestCosine }, { nearestIndex }]) {
    const bytes = encodeSafetensors({ tensors: { ...tensors, ...more }, metadata });
    expect(() => decodeSet(bytes, "it")).toThrow("its nearest neighbours are not one a row");
  }
});
