import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { closePacking, closingMemory, nearestOthers } from "./closing.ts";
import { createOnnxKernels } from "./kernels/onnx.ts";

test("the nearest others of all points, found in parts and in several goes, are those found at once", async () => {
  const [count, dimension] = [700, 8];
  const kernels = await createOnnxKernels(dimension);
  const embeddings = normaliseRows(randomStream(1, "test").gaussian(count * dimension), dimension);
  // Equals, of which the first is named.
  embeddings.copyWithin(650 * dimension, 3 * dimension, 4 * dimension);
  embeddings.copyWithin(300 * dimension, 3 * dimension, 4 * dimension);
  const state = { embeddings, ...closingMemory(count) };
  const size = { dimension, part: 256 };
  let goes = 1;
  while (!(await closePacking(state, size, kernels, () => false))) goes++;
  expect(goes).toBe(6);
  expect(nearestOthers(state)).toEqual(await kernels.nearestOther({ data: embeddings, dimension }));
  expect(nearestOthers(state).index[650]).toBe(3);
});

test("a count of what has met that cannot be is refused", async () => {
  const kernels = await createOnnxKernels(8);
  for (const met of [-1, 0.5, 7]) {
    const state = { embeddings: new Float32Array(700 * 8), ...closingMemory(700) };
    state.scalars.met = met;
    const closing = closePacking(state, { dimension: 8, part: 256 }, kernels, () => true);
    await expect(closing).rejects.toMatchObject({ code: "invalid-checkpoint" });
  }
});
