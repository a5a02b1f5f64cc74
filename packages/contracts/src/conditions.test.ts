import { expect, test } from "vitest";
import { checkConditions } from "./conditions.ts";

const axes = ["yaw", "light"] as const;

test("a generator without an axis refuses it by name and place, and says what it has", () => {
  const asked = { ground: "any", yaw: 1, pitch: 0, side: -1 } as const;
  expect(() => checkConditions({ name: "plain", axes }, asked, "/items/3")).toThrow(
    expect.objectContaining({
      code: "unsupported-condition",
      message: "generator plain has no axis pitch, side: it has yaw, light",
      errors: [
        expect.objectContaining({ pointer: "/items/3/pitch" }),
        expect.objectContaining({ pointer: "/items/3/side" }),
      ],
    }),
  );
  expect(() => checkConditions({ name: "none", axes: [] }, { light: 0 })).toThrow(/it has none/);
});

test("what is not asked for is not refused", () => {
  checkConditions({ name: "plain", axes }, { ground: "none", yaw: 0, pitch: undefined });
  checkConditions({ name: "none", axes: [] }, {});
});
