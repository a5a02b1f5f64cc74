import { z } from "@hono/zod-openapi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textFlag, textNumber, textNumberOr } from "./numbers.ts";

const Whole = textNumber(z.int().min(-10).max(1e15));
const Real = textNumber(z.number().min(-10).max(10));
const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe("numbers as text", () => {
  test.each(["0", "7", "-3", "999999999999999"])("%s is a whole number", (value) => {
    expect(Whole.parse(value)).toBe(Number(value));
  });

  test.each([0, 0.005, -2.5, 10, 1e-7, 5e-324, 0.1 + 0.2, Math.PI])(
    "%d as JavaScript writes it is itself",
    (value) => expect(Real.parse(String(value))).toBe(value),
  );

  test.each([
    ...["", " ", "\t", "%20", " 1", "1 ", "+1", "0x1", "0b1", "1e0", "1E1", "1_0", "1,0"],
    ...["NaN", "Infinity", "-", ".5", "5.", "01", "null", "true", "\u0661", "1e999", "1n"],
  ])("%j is neither", (value) => {
    expect(takes(Whole, value)).toBe(false);
    expect(takes(Real, value)).toBe(false);
  });

  test("a whole number has no fraction, bounds hold, twice is not once", () => {
    expect(takes(Whole, "1.0")).toBe(false);
    expect(takes(Whole, "-11")).toBe(false);
    expect(takes(Real, "10.01")).toBe(false);
    expect(takes(Real, ["1", "1"])).toBe(false);
    expect(takes(Real, undefined)).toBe(false);
    expect(textNumberOr(3, z.int()).parse(undefined)).toBe(3);
    expect(takes(textNumberOr(3, z.int()), "")).toBe(false);
  });
});

describe("any text is the number that it says, within bounds, or none", () => {
  test("numbers as JavaScript writes them", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10, noNaN: true }), (value) => {
        expect(Real.parse(String(value)) === value).toBe(true);
      }),
    );
  });

  test("whatever else is sent", () => {
    const near = fc.string({ unit: fc.constantFrom(..."0123456789.-+eExn_ \u0661") });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), near), (text) => {
        for (const schema of [Whole, Real]) {
          const read = schema.safeParse(text);
          if (!read.success) continue;
          expect(text).toMatch(/^-?\d+(\.\d+)?(e-\d+)?$/);
          expect(read.data).toBe(Number(text));
        }
      }),
    );
  });
});

test("a flag is true or false", () => {
  expect([undefined, "true", "false"].map((value) => textFlag(true).parse(value))).toEqual([
    true,
    true,
    false,
  ]);
  for (const value of ["", "1", "yes", "TRUE"]) expect(takes(textFlag(true), value)).toBe(false);
});
