import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

test("a log gets one line of each step, when it is done", () => {
  const log = new PassThrough();
  const progress = createProgress(log as unknown as NodeJS.WriteStream);
  const gallery = progress.start("gallery", 3);
  for (const value of [0, 1, 2]) gallery.update(value, "faces");
  expect(log.read()).toBeNull();
  for (const value of [3, 3]) gallery.update(value, "faces");
  progress.start("packing", 2).update(5);
  progress.stop();
  expect(String(log.read())).toBe("gallery    3/3 faces\npacking    2/2\n");
});
