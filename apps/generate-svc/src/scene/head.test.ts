import { describe, expect, test } from "vitest";
import { createFrame, type Frame, place } from "./frame.ts";
import { cleanMatte, hasShoulders, raggedness, TORN } from "./head.ts";
import { clamp, plane } from "./raster.ts";

const frames = [createFrame(128, 0.75), createFrame(192, 0.6), createFrame(192, 1)];

/** A matte whose value at (x, y), units, is `value(x, y)`. */
const matteOf = (frame: Frame, value: (x: number, y: number) => number) =>
  plane(frame.size, (x, y) => value(place(frame, x), place(frame, y)));

describe.each(frames)("in a frame of $size pixels, $unit a unit,", (frame) => {
  const at = (matte: Float32Array, x: number, y: number) => {
    const pixel = (units: number) => Math.floor((units - 64) * frame.unit + frame.size / 2);
    return matte[pixel(y) * frame.size + pixel(x)];
  };

  test("a cleaned matte is of the face's own component, without holes in the face", () => {
    const disc = (x: number, y: number, radius: number) => Math.hypot(x, y) < radius;
    const matte = matteOf(frame, (x, y) => {
      const hole = disc(x - 60, y - 60, 4);
      const other = disc(x - 106, y - 40, 8);
      return (disc(x - 64, y - 70, 32) && !hole) || other ? 1 : 0;
    });
    expect(at(matte, 106, 40)).toBe(1);
    expect(at(matte, 60, 60)).toBe(0);
    const clean = cleanMatte(matte, frame);
    expect(at(clean, 106, 40)).toBe(0);
    expect(at(clean, 60, 60)).toBe(1);
    expect(at(clean, 64, 70)).toBe(1);
    expect(at(clean, 94, 70)).toBe(1);
    expect(at(clean, 98, 70)).toBe(0);
  });

  test("a cleaned matte keeps what a neck as thin as a pixel joins to the face", () => {
    const joined = matteOf(frame, (x, y) => {
      const neck = x >= 64 && x < 64 + 1 / frame.unit && y > 90;
      return Math.hypot(x - 64, y - 70) < 30 || neck || y >= 104 ? 1 : 0;
    });
    expect(at(cleanMatte(joined, frame), 40, 108)).toBe(1);
    const apart = joined.map((value, p) => {
      const y = place(frame, Math.floor(p / frame.size));
      return y > 102 && y < 104 ? 0.3 : value;
    });
    expect(at(cleanMatte(apart, frame), 40, 108)).toBe(0);
  });

  test("shoulders are seen where they fill seven tenths of their place, or the picture ends above it", () => {
    const wide = (half: number) =>
      hasShoulders(
        matteOf(frame, (x, y) => (y > 108 && Math.abs(x - 64) < half ? 1 : 0)),
        frame,
      );
    const short = matteOf(frame, (_, y) => (y < 125 ? 1 : 0));
    const ends = place(frame, frame.size) < 122;
    expect([26, 31].map(wide)).toEqual([ends, true]);
    expect(hasShoulders(short, frame)).toBe(ends);
  });

  // m (1 - m) over an edge that falls evenly over w units has the integral w / 6.
  const edge = (towards: (x: number, y: number) => number, width: number) =>
    raggedness(
      matteOf(frame, (x, y) => clamp(0.5 - towards(x, y) / width, 0, 1)),
      frame,
    );
  test("raggedness is a sixth of an even edge's width, whichever way it runs", () => {
    for (const width of [6, 9, 12]) {
      expect(edge((_, y) => 70 - y, width)).toBeCloseTo(width / 6, 1);
      expect(edge((x) => 70 - x, width)).toBeCloseTo(width / 6, 1);
      expect(edge((x) => x - 70, width)).toBeCloseTo(width / 6, 1);
    }
  });

  test("a disc of a clean edge is whole, one with patches half seen is torn", () => {
    const disc = (width: number, torn: (x: number, y: number) => boolean) =>
      raggedness(
        matteOf(frame, (x, y) => {
          const seen = clamp(0.5 + (38 - Math.hypot(x - 64, y - 68)) / width, 0, 1);
          return torn(x, y) ? 0.5 * seen : seen;
        }),
        frame,
      );
    const whole = disc(2, () => false);
    expect(whole).toBeGreaterThan(0.2);
    expect(whole).toBeLessThan(TORN / 1.5);
    const patches = (x: number, y: number) => (x % 12) + (y % 12) < 8;
    expect(disc(2, patches)).toBeGreaterThan(TORN * 1.5);
  });
});
