import { Command } from "commander";
import { expect, test } from "vitest";
import { addDatasetConditions, conditionsOf } from "./conditions.ts";
import { UsageError } from "./usage.ts";

const read = (...args: string[]) => {
  const command = addDatasetConditions(new Command()).exitOverride();
  return conditionsOf(command.parse(args, { from: "user" }).opts());
};

test("a line without conditions asks for none", () => {
  expect(read()).toEqual({});
});

test("conditions are asked for as they are given, 0 among them", () => {
  const axes = ["--yaw", "-1.5", "--light", "0", "--deviation", "yaw=1.5,pitch=0"];
  expect(read("--ground", "wall", "--draw", "0", "--camera", "any", ...axes)).toEqual({
    ...{ ground: "wall", draw: 0, camera: "any", yaw: -1.5, light: 0 },
    deviation: { yaw: 1.5, pitch: 0 },
  });
});

test.each([
  ["1.5", "1.5 is no deviation: write yaw=1.5"],
  ["yaw=1=2", "yaw=1=2 is no deviation: write yaw=1.5"],
  ["yow=1", "yow is none of yaw, pitch, light, side"],
  ["yaw=", " is not a number"],
  ["yaw=1,yaw=2", "yaw=1,yaw=2 names an axis twice"],
])("a deviation of %s is a wrong line", (text, why) => {
  expect(() => read("--deviation", text)).toThrow(new UsageError(why));
});
