import fc from "fast-check";
import { expect, test } from "vitest";
import { preferredWait } from "./prefer.ts";

test.each([
  ["wait=5", 5],
  ["Wait=5", 5],
  ["WAIT = 5", 5],
  ['wait="5"', 5],
  ["respond-async, wait=10", 10],
  ["wait=10; foo=1, respond-async", 10],
  ['note="a, wait=3", wait=4', 4],
  ["handling=lenient; wait=3", 0],
  ["wait=4, wait=9", 4],
  ["wait=600", 60],
  ["wait=999999999999", 0],
  ["wait=-1", 0],
  ["wait=0x5", 0],
  ["wait", 0],
  ["await=5", 0],
  ["", 0],
  [undefined, 0],
])("%s: %d s", (header, seconds) => {
  expect(preferredWait(header, 60)).toBe(seconds);
});

test("a header of nothing but separators is soon read", () => {
  expect(preferredWait(`${'a="\\'.repeat(50)}${",;= ".repeat(50)}`, 60)).toBe(0);
});

test("any header is a wait within bounds", () => {
  const near = fc.string({
    unit: fc.constantFrom("wait", "=", '"', "\\\\", ",", ";", " ", "5", "a"),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (header) => {
      const seconds = preferredWait(header, 60);
      expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= 60).toBe(true);
    }),
  );
});
