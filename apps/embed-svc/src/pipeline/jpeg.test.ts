import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { countScans } from "./jpeg.ts";
import { withScans } from "./test-jpeg.ts";

const create = { width: 40, height: 30, channels: 3, background: "#c84" } as const;
const baseline = await sharp(Buffer.alloc(40 * 30 * 3, 9), { raw: create })
  .jpeg()
  .toBuffer();
const progressive = await sharp({ create }).jpeg({ progressive: true }).toBuffer();

test("a baseline JPEG is of one scan, a progressive one of several", () => {
  expect(countScans(baseline)).toBe(1);
  const several = countScans(progressive);
  expect(several).toBeGreaterThan(5);
  expect(countScans(withScans(progressive, 300))).toBe(several + 300);
});

test("what a thumbnail, a trailer, fill bytes or stray bytes hold is counted neither twice nor left out", () => {
  const length = Buffer.from([0xff, 0xe1, 0, 0]);
  length.writeUInt16BE(2 + baseline.length, 2);
  const head = baseline.subarray(0, 2);
  const rest = baseline.subarray(2);
  const fill = Buffer.alloc(5, 0xff);
  const stray = Buffer.alloc(7);
  expect(countScans(Buffer.concat([head, length, baseline, rest]))).toBe(1);
  expect(countScans(Buffer.concat([baseline, progressive]))).toBe(1);
  expect(countScans(Buffer.concat([head, fill, rest]))).toBe(1);
  expect(countScans(Buffer.concat([head, stray, rest]))).toBe(1);
});

test("any bytes have an end", () => {
  const byte = fc.oneof(
    fc.constantFrom(0xff, 0xda, 0xd8, 0xd9, 0),
    fc.integer({ max: 255, min: 0 }),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 400 }), (bytes) => {
      const scans = countScans(Uint8Array.from(bytes));
      expect(scans).toBeLessThanOrEqual(bytes.length / 2);
    }),
  );
});
