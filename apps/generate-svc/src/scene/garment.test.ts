import { describe, expect, test } from "vitest";
import { createDraws } from "./draws.ts";
import { createFrame, place } from "./frame.ts";
import { drawGarment } from "./garment.ts";
import { type Planes, plane } from "./raster.ts";

const light = { level: 0.5, side: 0, skin: [0.6, 0.5, 0.4] as const };
/** The cut's own numbers, which a garment draws first. */
function cutOf(sample: number) {
  const draws = createDraws("garment", { seed: 3, identity: 1, sample });
  const [top, fall, wide] = [
    draws.uniform(110, 116),
    draws.uniform(0.1, 0.2),
    draws.uniform(19, 25),
  ];
  return { top, fall, wide, depth: draws.uniform(7, 18), isRound: draws.uniform() < 0.7 };
}
const samples = [0, 1, 2, 3, 4, 5];

describe.each([createFrame(128, 0.75), createFrame(192, 0.6), createFrame(192, 0.85)])(
  "in a frame of $size pixels, $unit a unit,",
  (frame) => {
    const { size, unit } = frame;
    /** A garment about a neck of skin, `wide` units either way of 70, in a picture that is all the person's. */
    const draw = (sample: number, wide = 12) => {
      const skin = (c: number) =>
        plane(size, (x) => (Math.abs(place(frame, x) - 70) < wide ? (light.skin[c] as number) : 9));
      const draws = createDraws("garment", { seed: 3, identity: 1, sample });
      const matte = new Float32Array(size * size).fill(1);
      return drawGarment(draws, [0, 1, 2].map(skin) as Planes, matte, light, frame);
    };
    /** Where, in units, a column of `cover` first reaches a half; infinitely far below where it does not. */
    const crossing = (cover: Float32Array, x: number) => {
      const column = Math.floor((x - 64) * unit + size / 2);
      for (let row = 0; row < size; row++) {
        const at = row * size + column;
        const [above, value] = [cover[at - size] ?? 0, cover[at] as number];
        if (value >= 0.5) return place(frame, row - (value - 0.5) / (value - above));
      }
      return Number.POSITIVE_INFINITY;
    };
    const bottom = place(frame, size - 1);

    test.each(samples)("sample %d's neckline hangs about the neck's middle", (sample) => {
      const { front, back } = draw(sample);
      const { top, fall, wide, depth, isRound } = cutOf(sample);
      const down = (t: number) => depth * (isRound ? Math.sqrt(1 - t * t) : 1 - t);
      const expectCrossing = (cover: Float32Array, x: number, wanted: number) => {
        const found = crossing(cover, x);
        if (wanted < bottom - 2) expect(Math.abs(found - wanted)).toBeLessThan(1.2);
        else expect(found).toBeGreaterThan(bottom - 3.2);
      };
      for (const t of [-0.7, -0.3, 0, 0.3, 0.7]) {
        expectCrossing(front, 70 + t * wide, top + down(Math.abs(t)));
        expectCrossing(back, 70 + t * wide, top + 1.5);
      }
      const slope = 8;
      const edge = top + fall * slope + 0.0014 * slope ** 2;
      for (const x of [70 - wide - slope, 70 + wide + slope]) {
        if (x < place(frame, 0) || x > bottom) continue;
        expectCrossing(front, x, edge);
        expectCrossing(back, x, edge + 1.5);
      }
    });

    test("a garment of no neck to be seen hangs about the picture's middle", () => {
      const { front } = draw(0, 0);
      const [left, right] = [crossing(front, 64 - 40), crossing(front, 64 + 40)];
      expect(left).toBeCloseTo(right, 0);
      const { front: about } = draw(0);
      expect(crossing(about, 64 - 40) - crossing(about, 64 + 40)).toBeGreaterThan(1);
    });
  },
);

test("every kind of neckline is among the samples", () => {
  const round = samples.map((sample) => cutOf(sample).isRound);
  expect(new Set(round).size).toBe(2);
});
