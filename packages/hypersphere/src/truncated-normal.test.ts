import { expect, test } from "vitest";
import { randomStream } from "./random.ts";
import { truncatedNormal } from "./truncated-normal.ts";

const N = 40_000;

// With a = (low - mean) / deviation, b likewise and Z = Phi(b) - Phi(a): the mean is mean + deviation (phi(a) - phi(b)) / Z,
// the variance deviation^2 (1 + (a phi(a) - b phi(b)) / Z - ((phi(a) - phi(b)) / Z)^2) (Johnson, Kotz and Balakrishnan 1994, 13.10).
test.each([
  [0, 0.25, 0, 0.25],
  [0, 1.5, 0, 1.319438],
  [2, 1.5, 1.361702, 1.088898],
  [-3, 3, -0.831631, 1.503944],
])("N(%d, %d^2) within -3 and 3 has mean %d and deviation %d", (mean, deviation, m, s) => {
  const values = Array.from({ length: N }, (_, k) =>
    truncatedNormal(randomStream(5, "test", k), { mean, deviation }, [-3, 3]),
  );
  const found = values.reduce((sum, value) => sum + value, 0) / N;
  const square = values.reduce((sum, value) => sum + (value - found) ** 2, 0) / N;
  expect(Math.abs(found - m)).toBeLessThan((4 * s) / Math.sqrt(N));
  expect(Math.abs(Math.sqrt(square) - s)).toBeLessThan((4 * s) / Math.sqrt(N));
  expect(values.filter((value) => value < -3 || value > 3)).toEqual([]);
});

test("it is the first number of the stream that lies within", () => {
  const tries = Array.from({ length: 50 }, (_, k) => {
    const stream = randomStream(1, "test", k);
    const numbers = [...stream.gaussian(100)].map((value) => 1 + 0.5 * value);
    const within = numbers.findIndex((value) => value >= 0.9 && value <= 1.5);
    const found = truncatedNormal(stream, { mean: 1, deviation: 0.5 }, [0.9, 1.5]);
    expect(found).toBe(numbers[within]);
    return within;
  });
  expect(Math.max(...tries)).toBeGreaterThan(1);
  expect(truncatedNormal(randomStream(1, "test"), { mean: 3, deviation: 0 }, [-3, 3])).toBe(3);
});

test.each([
  [4, 1],
  [0, -1],
  [0, 7],
  [Number.NaN, 1],
])("N(%d, %d^2), which may have nothing within -3 and 3, is refused", (mean, deviation) => {
  const stream = randomStream(1, "test");
  expect(() => truncatedNormal(stream, { mean, deviation }, [-3, 3])).toThrow(RangeError);
});
