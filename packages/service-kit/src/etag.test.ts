import { expect, test } from "vitest";
import { matchesEtag } from "./etag.ts";

test.each(['"a,b"', 'W/"a,b"', '"x", "a,b"', '"x",W/"a,b"', "*", " * "])(
  "%s names it",
  (header) => {
    expect(matchesEtag(header, '"a,b"')).toBe(true);
  },
);

test.each([undefined, "", '"a"', "a,b", '"a,b', 'W/"A,B"', '"*"'])("%s does not", (header) => {
  expect(matchesEtag(header, '"a,b"')).toBe(false);
});
