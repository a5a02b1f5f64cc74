import { expect, test } from "vitest";
import { createFrame, place } from "./frame.ts";
import { faceLight } from "./light.ts";
import { type Colour, type Planes, plane } from "./raster.ts";

const frames = [createFrame(128, 0.75), createFrame(192, 0.6), createFrame(192, 1)];

/** A face of one colour on the left of its middle and another on the right, white about it. */
const lit = (frame: (typeof frames)[0], left: Colour, right: Colour) =>
  faceLight(
    [0, 1, 2].map((c) =>
      plane(frame.size, (x, y) => {
        const [across, down] = [place(frame, x) - 64, place(frame, y) - 70];
        if (Math.abs(across) > 26 || Math.abs(down) > 34) return 1;
        return (across < 0 ? left : right)[c] as number;
      }),
    ) as Planes,
    frame,
  );

test.each(frames)("the light of a half-lit face, of $size pixels, $unit a unit", (frame) => {
  const grey = (value: number) => [value, value, value] as const;
  const { level, side, skin } = lit(frame, grey(0.6), grey(0.4));
  expect(level).toBeCloseTo(0.5, 6);
  expect(side).toBeCloseTo(0.4, 6);
  for (const value of skin) expect(value).toBeCloseTo(0.5, 6);
  expect(lit(frame, grey(0.4), grey(0.6)).side).toBeCloseTo(-0.4, 6);
  expect(lit(frame, grey(0.9), grey(0.1)).side).toBe(0.5);
  // Of nearly no light, a twentieth stands for the level.
  expect(lit(frame, grey(0.02), grey(0.01)).side).toBeCloseTo(0.2, 6);
  const red = lit(frame, [0.8, 0.2, 0], [0.4, 0.2, 0.1]);
  expect(red.skin[0]).toBeCloseTo(0.6, 6);
  expect(red.skin[2]).toBeCloseTo(0.05, 6);
  expect(red.level).toBeCloseTo(0.299 * 0.6 + 0.587 * 0.2 + 0.114 * 0.05, 6);
  expect(red.side).toBeCloseTo((0.299 * 0.4 - 0.114 * 0.1) / red.level, 6);
});
