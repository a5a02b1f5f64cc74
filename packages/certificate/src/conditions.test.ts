import { DatasetConditions } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { describeConditions } from "./conditions.ts";

test.each([
  [{}, "Ground any, draw 0, camera none; yaw, pitch, light, side as the generator draws them."],
  [
    { ground: "none", draw: 0.5, yaw: 1, light: -1, deviation: { yaw: 1.5, pitch: 2, side: 0 } },
    "Ground none, draw 0.5, camera none; yaw normal about 1 with deviation 1.5, truncated to -3 to 3; pitch normal about 0 with deviation 2, truncated to -3 to 3; light -1; side normal about 0 with deviation 0, truncated to -3 to 3.",
  ],
])("%j in words", (request, words) => {
  expect(describeConditions(DatasetConditions.parse(request))).toBe(words);
});
