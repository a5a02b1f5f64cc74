import { expect, test } from "vitest";
import { checkConditions, DatasetConditions } from "./conditions.ts";
import { inBody, inQuery } from "./errors.ts";

const axes = ["yaw", "light"] as const;
const can = { axes, draw: true, grounds: true };
const cannot = { name: "none", axes: [], draw: false, grounds: false };

test("a generator without an axis refuses it by name and place, and says what it has", () => {
  const asked = { ground: "any", yaw: 1, pitch: 0, side: -1 } as const;
  expect(() => checkConditions({ name: "plain", ...can }, asked, inBody("/items/3"))).toThrow(
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

test("a deviation on an axis that a generator has not is refused at its own place, once by name", () => {
  const asked = { pitch: 1, deviation: { yaw: 1.5, pitch: 0, side: 2 } };
  expect(() => checkConditions({ name: "plain", ...can }, asked)).toThrow(
    expect.objectContaining({
      message: "generator plain has no axis pitch, side: it has yaw, light",
      errors: ["/pitch", "/deviation/pitch", "/deviation/side"].map((pointer) =>
        expect.objectContaining({ pointer }),
      ),
    }),
  );
  checkConditions({ name: "plain", ...can }, { deviation: { yaw: 1.5, light: 0 } });
  checkConditions(cannot, { deviation: {} });
});

test.each([
  [{ deviation: { yaw: 1.5, light: 0 } }, undefined],
  [{ deviation: { yaw: 3.01 } }, ["deviation", "yaw"]],
  [{ deviation: { pitch: -0.1 } }, ["deviation", "pitch"]],
  [{ deviation: { light: null } }, ["deviation", "light"]],
  [{ deviation: 1.5 }, ["deviation"]],
])("deviations of %j are wrong at %j", (request, path) => {
  expect(DatasetConditions.safeParse(request).error?.issues[0]?.path).toEqual(path);
});

test("a deviation of an axis that there is not says which was meant", () => {
  const { error } = DatasetConditions.safeParse({ deviation: { yow: 1, ground: 2 } });
  expect(error?.issues[0]?.message).toContain('"yow" is not known: did you mean yaw?');
  expect(error?.issues[0]?.message).toContain('"ground" is not known: use yaw, pitch, light, side');
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

test("what a query asks for is named as its parameter, and nested fields by their pointers", () => {
  const thrown = (asked: object, at = inBody()) => {
    try {
      checkConditions(cannot, DatasetConditions.parse(asked), at);
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    }
    return [];
  };
  expect(thrown({ yaw: 1 }, inQuery)).toEqual(["yaw"]);
  expect(thrown({ draw: 1 }, inQuery)).toEqual(["draw"]);
  expect(thrown({ deviation: { yaw: 1 } }, inBody("/items/3"))).toEqual(["/items/3/deviation/yaw"]);
});
