import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { strictObject, whyUnknown } from "./strict.ts";

const NAMES = ["beta", "learningRate", "minimumDistance", "seed"];

test.each([
  ["betta", "beta"],
  ["Beta", "beta"],
  ["learningrate", "learningRate"],
  ["learning_rate", "learningRate"],
  ["minDistance", "minimumDistance"],
  ["minimumDistnace", "minimumDistance"],
  ["sed", "seed"],
  ["x", undefined],
  ["seedseedseedseedseedseedseedseedseedseedseedseedseedseedseedseed", undefined],
])("%s: did you mean %s?", (name, meant) => {
  const right = meant ? `did you mean ${meant}?` : `use ${NAMES.join(", ")}`;
  expect(whyUnknown(name, NAMES)).toContain(`is not known: ${right}`);
});

test("every unknown name is reported, a line each", () => {
  const schema = strictObject({ count: z.int(), inner: strictObject({ size: z.int() }) });
  const { error } = schema.safeParse({ count: 1, inner: { size: 1, sise: 2 }, cuont: 1, x: 2 });
  expect(error?.issues).toMatchObject([
    { path: ["inner"], keys: ["sise"], message: '"sise" is not known: did you mean size?' },
    {
      path: [],
      keys: ["cuont", "x"],
      message: '"cuont" is not known: did you mean count?\n"x" is not known: use count, inner',
    },
  ]);
});
