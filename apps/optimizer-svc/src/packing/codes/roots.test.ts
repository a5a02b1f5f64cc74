import { expect, test } from "vitest";
import { plainKernels } from "../kernels/plain.ts";
import { rootCode } from "./roots.ts";

test.each([
  { count: 72, dimension: 6 },
  { count: 126, dimension: 7 },
])("$count roots of $dimension dimensions, sixty degrees apart", async ({ count, dimension }) => {
  const data = rootCode(count, dimension);
  expect(data).toHaveLength(count * dimension);
  const { cosine } = await plainKernels.nearestOther({ data, dimension });
  for (const value of cosine) expect(value).toBeCloseTo(1 / 2, 6);
  expect(rootCode(10, dimension)).toEqual(data.subarray(0, 10 * dimension));
  expect(() => rootCode(count + 1, dimension)).toThrow(RangeError);
});

test("other dimensions have none", () => {
  expect(() => rootCode(10, 8)).toThrow(RangeError);
});
