import { expect, test } from "vitest";
import { databaseFailure } from "./failures.ts";

/** As the driver throws it, and the query builder wraps it. */
const thrown = (code: string) =>
  new Error("Failed query: insert into jobs", {
    cause: Object.assign(new Error("could not extend file"), { code }),
  });

test.each([
  ["ECONNREFUSED", "service-unavailable"],
  ["57P01", "service-unavailable"],
  ["08006", "service-unavailable"],
  ["53100", "storage-full"],
])("a database that says %s is %s", (code, problem) => {
  expect(databaseFailure(thrown(code))).toMatchObject({ code: problem });
});

test("what a developer must mend is no failure of the database", () => {
  for (const error of [thrown("23505"), new TypeError("a fault"), undefined, null]) {
    expect(databaseFailure(error)).toBeUndefined();
  }
});
