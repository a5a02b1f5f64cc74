import fc from "fast-check";
import { expect, test } from "vitest";
import { rangeOf } from "./range.ts";

const BYTES = 1000;
const read = (header: string | undefined, ifRange?: string) =>
  rangeOf(header, ifRange, BYTES, '"tag"');

test.each([
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=10-19", { start: 10, end: 20 }],
  ["bytes=990-", { start: 990, end: 1000 }],
  ["bytes=-10", { start: 990, end: 1000 }],
  ["bytes=-5000", { start: 0, end: 1000 }],
  ["bytes=999-9999", { start: 999, end: 1000 }],
  ["bytes=1000-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=20-10", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,5-6", undefined],
  ["items=0-1", undefined],
  ["bytes=0x1-5", undefined],
  [`bytes=0-${"9".repeat(400)}`, undefined],
  [undefined, undefined],
])("%s", (header, range) => {
  expect(read(header)).toEqual(range);
});

test("a range of another version of the file is not sent", () => {
  expect(read("bytes=0-1", '"tag"')).toEqual({ start: 0, end: 2 });
  expect(read("bytes=0-1", '"other"')).toBeUndefined();
  // Weak tags are never the same for a range (RFC 9110, 13.1.5).
  expect(read("bytes=0-1", 'W/"tag"')).toBeUndefined();
});

test("any header is a part of the file, or none", () => {
  const digits = fc.stringMatching(/^[0-9]{0,18}$/);
  const header = fc.oneof(
    fc.string(),
    fc.tuple(digits, digits).map(([first, last]) => `bytes=${first}-${last}`),
  );
  fc.assert(
    fc.property(header, fc.nat({ max: 2000 }), (text, bytes) => {
      const range = rangeOf(text, undefined, bytes, '"tag"');
      if (typeof range !== "object") return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThan(range.start);
      expect(range.end).toBeLessThanOrEqual(bytes);
    }),
  );
});
