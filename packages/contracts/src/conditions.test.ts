import { expect, test } from "vitest";
import { checkConditions } from "./conditions.ts";

const axes = ["yaw", "light"] as const;
const can = { axes, draw: true, grounds: true };
const cannot = { name: "none", axes: [], draw: false, grounds: false };

test("a generator without an axis refuses it by name and place, and says what it has", () => {
  const asked = { ground: "any", yaw: 1, pitch: 0, side: -1 } as const;
  expect(() => checkConditions({ name: "plain", ...can }, asked, "/items/3")).toThrow(
    expect.objectContaining({
      code: "unsupported-condition",
      message: "generator plain has no axis pitch, side: it has yaw, light",
      errors: [
        expect.objectContaining({ pointer: "/items/3/pitch" }),
        expect.objectContaining({ pointer: "/items/3/side" }),
      ],
    }),
  );
  expect(() => checkConditions(cannot, { light: 0 })).toThrow(/it has none/);
});

test("a generator that cannot draw refuses a strength, and not none", () => {
  expect(() => checkConditions(cannot, { draw: 0.5 })).toThrow(/generator none cannot draw/);
  checkConditions(cannot, { draw: 0 });
  checkConditions({ name: "plain", ...can }, { draw: 1 });
});

test("a generator that puts the face anywhere refuses a ground, and not any or none", () => {
  expect(() => checkConditions(cannot, { ground: "studio" })).toThrow(/its own surroundings/);
  checkConditions(cannot, { ground: "any" });
  checkConditions(cannot, { ground: "none" });
  checkConditions({ name: "plain", ...can }, { ground: "studio" });
});

test("what is not asked for is not refused", () => {
  checkConditions({ name: "plain", ...can }, { ground: "none", yaw: 0, pitch: undefined });
  checkConditions(cannot, {});
});
