import { describe, expect, test } from "vitest";
import known from "../fixtures/random.json" with { type: "json" };
import { randomStream } from "./random.ts";

describe("randomStream", () => {
  test.each(known)("gives the known numbers of $stream", (answers) => {
    const [seed, purpose, i, j] = answers.stream as [number, string, number, number];
    const stream = randomStream(seed, purpose, i, j);
    expect([...stream.uint32(8)]).toEqual(answers.words);
    expect([...stream.uniform(8)]).toEqual(answers.words.map((word) => (word + 0.5) / 2 ** 32));
    const bits = new Uint32Array(Float32Array.from(stream.gaussian(8)).buffer);
    expect([...bits]).toEqual(answers.gaussianFloat32Bits);
  });

  test("gives the same numbers however they are asked for", () => {
    const whole = randomStream(7, "noise", 3, 4).gaussian(101);
    const pieces = [0, 1, 17, 18, 64].map((start, i, all) =>
      randomStream(7, "noise", 3, 4).gaussian((all[i + 1] ?? 101) - start, start),
    );
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole]);
  });

  test("gives other numbers for another seed, purpose or index", () => {
    const base = [7, "noise", 3, 4] as const;
    const others = [
      [8, "noise", 3, 4],
      [7 + 2 ** 32, "noise", 3, 4],
      [7, "latent", 3, 4],
      [7, "noise", 4, 4],
      [7, "noise", 3, 5],
      [7, "noise", 4, 3],
    ] as const;
    const first = (args: readonly [number, string, number, number]) =>
      randomStream(...args)
        .uint32(4)
        .join();
    expect(new Set([base, ...others].map(first)).size).toBe(7);
  });

  test("draws standard normal numbers", () => {
    const n = 200_000;
    const values = randomStream(1, "moments").gaussian(n);
    const moment = (power: number) => values.reduce((sum, v) => sum + v ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  test("refuses a seed or an index that would not be kept exactly", () => {
    expect(() => randomStream(-1, "noise")).toThrow(/seed -1/);
    expect(() => randomStream(2 ** 53, "noise")).toThrow(RangeError);
    expect(() => randomStream(1, "noise", 2 ** 32)).toThrow(/index/);
    expect(() => randomStream(1, "noise", 0.5)).toThrow(/index/);
  });
});
