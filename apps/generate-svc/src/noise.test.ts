import { cosine, randomStream } from "@hyperface/hypersphere";
import { normalise } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { sampleEmbedding, sampleLatent } from "./noise.ts";

const reference = normalise(randomStream(1, "test").gaussian(512));
const key = (sample: number, identity = 3) => ({ seed: 7, identity, sample });

// paper.md: expected cos(x, normalise(x + beta v)) for d = 512.
test.each([
  [0, 1],
  [0.005, 0.994],
  [0.01, 0.975],
  [0.02, 0.911],
])("at beta %d a sample keeps a cosine of %d to its reference", (beta, expected) => {
  const samples = Array.from({ length: 50 }, (_, k) => sampleEmbedding(reference, beta, key(k)));
  const mean = samples.reduce((sum, x) => sum + cosine(x, reference), 0) / samples.length;
  expect(mean).toBeCloseTo(expected, 2);
});

test("v does not depend on beta: a sweep goes one way", () => {
  const [a, b] = [0.01, 0.02].map((beta) => {
    const moved = sampleEmbedding(reference, beta, key(0));
    return normalise(
      moved.map((value, k) => value - cosine(moved, reference) * (reference[k] as number)),
    );
  });
  expect(cosine(a as Float32Array, b as Float32Array)).toBeGreaterThan(0.9999);
});

test("noise differs by sample and by identity", () => {
  const latents = [key(0), key(1), key(0, 4)].map((each) => sampleLatent(each, 64));
  expect(Math.abs(cosine(latents[0] as Float32Array, latents[1] as Float32Array))).toBeLessThan(
    0.5,
  );
  expect(Math.abs(cosine(latents[0] as Float32Array, latents[2] as Float32Array))).toBeLessThan(
    0.5,
  );
});

test("beta 0 is the reference itself, bit for bit: v does not matter", () => {
  for (const k of [0, 1, 2]) expect(sampleEmbedding(reference, 0, key(k))).toEqual(reference);
});
