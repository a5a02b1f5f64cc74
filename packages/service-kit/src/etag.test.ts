import fc from "fast-check";
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

test("any list of tags names those in it, and no others", () => {
  const tag = fc.stringMatching(/^(W\/)?"[!#-~]{0,8}"$/);
  fc.assert(
    fc.property(fc.array(tag), tag, (tags, etag) => {
      const opaque = (one: string) => one.replace(/^W\//, "");
      const named = tags.some((one) => opaque(one) === opaque(etag));
      expect(matchesEtag(tags.join(", "), etag)).toBe(named);
    }),
  );
});
