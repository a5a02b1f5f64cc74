import { expect, test } from "vitest";
import { createDraws } from "./draws.ts";

// By packages/hypersphere/fixtures/make.py: words(0, "ground", 1, 2, 8) as uniform numbers, gaussian() of them.
test("draws the known numbers of a sample's stream, one after another", () => {
  const draws = createDraws("ground", { seed: 0, identity: 1, sample: 2 });
  expect(draws.normal()).toBeCloseTo(-1.7769370211804307, 14);
  expect(draws.normal(10, 2)).toBeCloseTo(10 + 2 * 1.106142332713116, 14);
  expect(draws.integer(6)).toBe(4);
  expect(draws.pick([..."abcdef"])).toBe("e");
  expect(draws.uniform(2, 5)).toBe(2 + 3 * 0.8352179735666141);
  expect(draws.uniform()).toBe(0.6040539337554947);
});
