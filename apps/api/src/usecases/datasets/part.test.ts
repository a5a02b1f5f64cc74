import { readsOrRefuses } from "@hyperface/formats/test-arbitraries";
import { expect, test } from "vitest";
import { decodePart, encodePart, type ImageRow, type Part } from "./part.ts";

const model = { name: "mobilefacenet-512", sha256: "0".repeat(64) };

const rowOf = (sample: number, bytes: number): ImageRow => ({
  ...{ key: `0000001-0000${sample}`, identity: 1, label: 0, sample, drawn: sample, attempts: 1 },
  ...{
    sha256: "a".repeat(64),
    bytes,
    similarity: 0.9,
    drawnSimilarity: 1,
    quality: 0.8,
    detectionScore: 0.99,
  },
  ...{ nearestOther: 2, nearestOtherSimilarity: 0.1 },
  ...{ forbiddenNearest: null, forbiddenSimilarity: null },
  ...{ landmarks: [[1.5, 2]], yaw: 1, pitch: -2, roll: 0 },
  provenance: {
    ...{ generator: model, embedder: model, identity: 1, sample, arithmetic: "here", beta: 0 },
    ...{ seed: 3, ground: "wall", draw: 0, axes: { yaw: 0.5 }, draws: 1, attempts: 1 },
    ...{ camera: null, sampling: null, labels: { packing: "pak_1" } },
  },
});

const part: Part = {
  rows: [rowOf(0, 3), rowOf(2, 1)],
  missing: [{ identity: 1, sample: 1, reasons: ["no face found", "yaw 50.000 is above 30"] }],
  images: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)],
  embeddings: Float32Array.of(1, 0, 0, 1),
  dimension: 2,
};

test("a part comes back as it was, each file to its row", () => {
  expect(decodePart(encodePart(part, model), "a part")).toEqual(part);
});

test("a part of an earlier release, which says less, is one", () => {
  const rows = part.rows.map(({ drawnSimilarity: _, ...row }) => row as ImageRow);
  const [first] = decodePart(encodePart({ ...part, rows }, model), "a part").rows;
  expect(first).toEqual({ ...part.rows[0], drawnSimilarity: null });
});

test("a part of nothing but samples that were given up is a part", () => {
  const none = { ...part, rows: [], images: [], embeddings: new Float32Array(0) };
  expect(decodePart(encodePart(none, model), "a part")).toMatchObject({ rows: [], images: [] });
});

test("rows that are none, or that another format wrote, are damage and not data", () => {
  const damaged = expect.objectContaining({
    code: "damaged-object",
    message: "part 7 is no part of a dataset",
  });
  const odd = { ...rowOf(0, 3), similarity: "high" } as unknown as ImageRow;
  const file = encodePart({ ...part, rows: [odd, rowOf(2, 1)] }, model);
  expect(() => decodePart(file, "part 7")).toThrow(damaged);
  const other = Buffer.from(encodePart(part, model));
  other.write("x", other.indexOf("hyperface-dataset-part"));
  expect(() => decodePart(other, "part 7")).toThrow(damaged);
});

test("bytes of any kind are a part or damage; its files and vectors are its rows'", () => {
  readsOrRefuses((bytes) => decodePart(bytes, "it"), encodePart(part, model), "damaged-object");
  const refusal = expect.objectContaining({ code: "damaged-object" });
  for (const rows of [[rowOf(0, 3)], [rowOf(0, 3), rowOf(2, 2)], [rowOf(0, 5), rowOf(2, -1)]]) {
    const { embeddings, dimension } = part;
    const kept = { embeddings: embeddings.subarray(0, rows.length * dimension), rows };
    expect(() => decodePart(encodePart({ ...part, ...kept }, model), "it")).toThrow(refusal);
  }
});
