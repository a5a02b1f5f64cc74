import { expect, test } from "vitest";
import { parseSet } from "./sets.ts";

test("a set is a name and the query of its images", () => {
  expect(parseSet("noisy=beta=0.02&seed=3")).toEqual({
    name: "noisy",
    references: "packed",
    query: { beta: "0.02", seed: "3" },
  });
  expect(parseSet("random=references=random").references).toBe("random");
  expect(parseSet("packed=")).toEqual({ name: "packed", references: "packed", query: {} });
  expect(parseSet("real=folder=/photos").references).toEqual({ folder: "/photos" });
});

test("a set without a name or of unknown references is refused", () => {
  expect(() => parseSet("=beta=0.02")).toThrow("NAME=QUERY");
  expect(() => parseSet("odd=references=none")).toThrow("packed or random");
});
