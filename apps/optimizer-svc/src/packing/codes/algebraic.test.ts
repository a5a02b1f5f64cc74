import { codeSize } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { algebraicCode } from "./algebraic.ts";

const DIMENSIONS = [...Array.from({ length: 63 }, (_, k) => k + 2), 128, 256, 512, 1024, 2048];
/** Of larger codes so many points are written down, but one more than there are is refused. */
const WRITTEN = 500;
/** Written down whole by the test of their own, which takes longer. */
const OF_LEECH = [21, 22, 23, 24];

test("a spec may ask for exactly as many points as the code of its dimension has", () => {
  for (const d of DIMENSIONS) {
    const size = codeSize(d);
    expect(() => algebraicCode(size + 1, d), `${size + 1} x ${d}`).toThrow(RangeError);
    if (size === 0 || OF_LEECH.includes(d)) continue;
    const asked = Math.min(size, WRITTEN);
    expect(algebraicCode(asked, d), `${asked} x ${d}`).toHaveLength(asked * d);
  }
});
