import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { createOnnxKernels } from "./kernels/onnx.ts";
import { plainKernels } from "./kernels/plain.ts";
import { galleryMemory, nearestInGallery } from "./nearest-gallery.ts";

test.each(["plain", "onnx"])(
  "the bound finds the exact nearest of points that move, by few searches: %s",
  async (name) => {
    const [count, dimension] = [60, 24];
    const kernels = name === "plain" ? plainKernels : await createOnnxKernels(dimension);
    const gaussian = (n: number, seed: number) =>
      randomStream(seed, "test").gaussian(n * dimension);
    const gallery = { data: normaliseRows(gaussian(200, 1), dimension), dimension };
    const state = { tensors: galleryMemory(count, dimension) };
    const data = gallery.data.slice(0, count * dimension);
    let searched = 0;
    const counting = {
      nearestTwo: (queries: typeof gallery, candidates: typeof gallery) => {
        searched += queries.data.length / dimension;
        return kernels.nearestTwo(queries, candidates);
      },
    };
    const changes = new Set<string>();
    const steps = 60;
    for (let step = 0; step < steps; step++) {
      const points = { data, dimension };
      const found = await nearestInGallery(state, points, gallery, counting as typeof kernels);
      const expected = await plainKernels.nearest(points, gallery);
      expect([...found.index]).toEqual([...expected.index]);
      for (const [i, cosine] of found.cosine.entries()) {
        expect(cosine).toBeCloseTo(expected.cosine[i] as number, 6);
      }
      changes.add(found.index.join());
      const noise = gaussian(count, 2 + step);
      for (let k = 0; k < data.length; k++)
        data[k] = (data[k] as number) + 0.03 * (noise[k] as number);
      data.set(normaliseRows(Float32Array.from(data), dimension));
    }
    expect(changes.size).toBeGreaterThan(5);
    expect(searched).toBeLessThan(0.5 * count * steps);
  },
);
