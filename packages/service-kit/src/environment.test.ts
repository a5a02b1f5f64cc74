import { z } from "@hono/zod-openapi";
import { textNumberOr } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { CommonEnvironment, readEnvironment, readOptions } from "./environment.ts";

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

test("an option is a setting, before the environment's", () => {
  const given = ["--workers", "3", "--log-level=warn"];
  const read = readOptions(Environment, given, { WORKERS: "5", HOST: "::1", OTHER: "kept" });
  expect(read).toEqual({ WORKERS: "3", LOG_LEVEL: "warn", HOST: "::1", OTHER: "kept" });
});

test.each([[["--wrokers", "3"]], [["--workers"]], [["work"]]])("%j is refused", (given) => {
  expect(() => readOptions(Environment, given, {})).toThrow(/'(--wrokers|--workers|work)/);
});
