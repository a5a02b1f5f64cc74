import { randomStream } from "@hyperface/hypersphere";
import { expect, test } from "vitest";
import { sampleDistinct } from "./sample.ts";

test("a known sample: the beginning of a Fisher-Yates shuffle of all", () => {
  const stream = randomStream(5, "packing-batch", 400);
  // By packages/hypersphere/fixtures/make.py's words(5, "packing-batch", 400, 0, 6), shuffling a list of 100.
  expect([...sampleDistinct(stream, 6, 100)]).toEqual([24, 82, 58, 63, 7, 95]);
});

test("as many as there are: each once", () => {
  const all = sampleDistinct(randomStream(2, "packing-batch"), 50, 50);
  expect([...all].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
});
