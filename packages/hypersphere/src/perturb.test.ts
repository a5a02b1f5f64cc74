import { normalise } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { cosine } from "./cosine.ts";
import { perturb } from "./perturb.ts";
import { randomStream } from "./random.ts";

// paper.md: E cos(x, normalise(x + beta v)) for d = 512.
test.each([
  [0, 1],
  [0.005, 0.994],
  [0.01, 0.975],
  [0.02, 0.911],
])("Eq. 3 at beta %d turns the embedding to a mean cosine of %d", (beta, expected) => {
  const x = normalise(randomStream(5, "reference").gaussian(512));
  const cosines = Array.from({ length: 400 }, (_, k) =>
    cosine(x, perturb(x, beta, randomStream(5, "beta-noise", 0, k).gaussian(512))),
  );
  const mean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length;
  expect(mean).toBeCloseTo(expected, 3);
});
