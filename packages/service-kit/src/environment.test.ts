import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { CommonEnvironment, readEnvironment } from "./environment.ts";

const Environment = CommonEnvironment.extend({ WORKERS: textNumberOr(2, z.int().min(0)) });

test("nothing set is every default", () => {
  expect(readEnvironment(Environment, {})).toMatchObject({ HOST: "127.0.0.1", WORKERS: 2 });
});

test.each([
  ["PORT", ""],
  ["PORT", "0x50"],
  ["PORT", "8080 "],
  ["PORT", "65536"],
  ["WORKERS", ""],
  ["WORKERS", "1e0"],
  ["HOST", ""],
  ["HYPERFACE_HOME", " "],
  ["STORE_URL", ""],
  ["LOG_LEVEL", ""],
])("%s=%j is refused by its name", (name, value) => {
  expect(() => readEnvironment(Environment, { [name]: value })).toThrow(
    new RegExp(`cannot be used:\\n  ${name}: `),
  );
});
