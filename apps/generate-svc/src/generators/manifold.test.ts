import { readFile } from "node:fs/promises";
import { normalise } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { readManifold } from "./manifold.ts";

const tensor = (shape: number[], data: number[]) => ({ shape, data: Float32Array.from(data) });
// Plain portraits lie about 0.5 e1 and vary along e2; clutter is along e3, where they reach 0.1.
const tensors = {
  "plain.mean": tensor([4], [0.5, 0, 0, 0]),
  "plain.components": tensor([1, 4], [0, 1, 0, 0]),
  "plain.kept": tensor([1], [0.8]),
  "source.direction": tensor([4], [0, 0, 1, 0]),
  "source.most": tensor([1], [0.1]),
};
const draw = readManifold(tensors) as NonNullable<ReturnType<typeof readManifold>>;
const x = normalise([0.2, 0.5, 0.7, 0.4]);
const close = (found: Float32Array, wanted: number[]) =>
  normalise(wanted).forEach((value, k) => {
    expect(found[k]).toBeCloseTo(value, 6);
  });

test("drawn wholly, only what varies among plain portraits is left, shrunk", () => {
  close(draw(x, 1), [0.5, 0.8 * (x[1] as number), 0, 0]);
});

test("drawn half, it is the middle of the two on the sphere; not at all, itself", () => {
  const whole = draw(x, 1);
  close(
    draw(x, 0.5),
    [...x].map((value, k) => value + (whole[k] as number)),
  );
  expect(draw(x, 0)).toBe(x);
});

test("clutter is taken back to where plain portraits end, and no further", () => {
  const cluttered = { ...tensors, "plain.mean": tensor([4], [0.5, 0, 0.4, 0]) };
  const back = (readManifold(cluttered) as typeof draw)(x, 1);
  const filtered = normalise([0.5, 0.8 * (x[1] as number), 0.4, 0]);
  close(back, [filtered[0] as number, filtered[1] as number, 0.1, 0]);
});

// fixtures/manifold/make.py: the statistics are fitted, and the embeddings drawn, by the code of training.
test("training and product draw embeddings to the same place", async () => {
  const file = new URL("../../fixtures/manifold/golden.json", import.meta.url);
  const { statistics, embeddings, drawn } = JSON.parse(await readFile(file, "utf8"));
  const fitted = Object.entries<{ shape: number[]; data: number[] }>(statistics).map(
    ([name, { shape, data }]) => [name, tensor(shape, data)],
  );
  const drawTo = readManifold(Object.fromEntries(fitted)) as typeof draw;
  for (const [i, embedding] of embeddings.entries()) {
    close(drawTo(Float32Array.from(embedding), 1), drawn[i]);
  }
});

test("there is nothing to draw to without statistics; half of them are refused", () => {
  expect(readManifold({})).toBeUndefined();
  const { "plain.kept": _, ...rest } = tensors;
  expect(() => readManifold(rest)).toThrow(/plain.kept/);
});
