import { HyperFaceError } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { checkJson } from "./json-body.ts";

/** The first place of the refusal, or its message; undefined where there is none. */
function refusalOf(text: string | Uint8Array): string | undefined {
  try {
    checkJson(typeof text === "string" ? Buffer.from(text) : text);
    return undefined;
  } catch (error) {
    const { errors, message } = error as HyperFaceError;
    expect(error).toBeInstanceOf(HyperFaceError);
    return errors[0]?.pointer ?? message;
  }
}

test.each([
  ['{"a":1,"a":2}', "/a"],
  ['{"a":1,"b":{"a":1},"a":2}', "/a"],
  ['{"a":{"b":[1,{"c":1},{"d":0, "c":[1,2] ,\n"c" :2}]}}', "/a/b/2/c"],
  ['[[],[{"x":1,"x":1}]]', "/1/0/x"],
  ['{"a":1,"\\u0061":2}', "/a"],
  ['{"\\"":1,"\\"":2}', '/"'],
  ['{"\\\\":1,"\\\\":2}', "/\\"],
  ['{"a/b~c":1,"a/b~c":2}', "/a~1b~0c"],
  ['{"é":1,"é":2}', "/é"],
  ['{"":1,"":2}', "/"],
  ['{"__proto__":1,"__proto__":2}', "/__proto__"],
])("%s has a name twice", (text, pointer) => {
  expect(refusalOf(text)).toBe(pointer);
  // It is what a parser takes without a word.
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each([
  '{"a":"a","b":"a"}',
  '[{"a":1},{"a":1}]',
  '{"a":{"a":{"a":1}}}',
  '["a","a","a:","a"]',
  '{"a":"\\",\\"a\\":1,\\"a\\":2"}',
  '{"a":["{","{\\"b\\":1","}"],"b":"}"}',
  "[1,2.5e-3,null,true]",
  '"a"',
  "",
  // No JSON: for the parser to say.
  '{"a":1,"b',
  "]]}}",
  '{"a\\',
])("%s has none", (text) => {
  expect(refusalOf(text)).toBeUndefined();
});

test("bytes that are no UTF-8, depth and names without bound are refused", () => {
  expect(refusalOf(Uint8Array.of(0x22, 0xff, 0x22))).toContain("UTF-8");
  expect(refusalOf("[".repeat(2 ** 20))).toContain("deeper");
  expect(refusalOf("[".repeat(64) + "]".repeat(64))).toBeUndefined();
  const names = (count: number) =>
    `{${Array.from({ length: count }, (_, k) => `"${k}":0`).join(",")}}`;
  expect(refusalOf(names(1000))).toBeUndefined();
  expect(refusalOf(names(1001))).toContain("names");
});

test("costs time in proportion to the length, whatever is in it", () => {
  const backslashes = (length: number) => `"${"\\".repeat(length)}`;
  const quotes = (length: number) => `"${'\\"'.repeat(length / 2)}"`;
  const blanks = (length: number) => `[${'"", '.repeat(length / 4)}]`;
  for (const make of [backslashes, quotes, blanks]) {
    // Squared, each of these would take hours.
    expect(refusalOf(make(2 ** 22))).toBeUndefined();
  }
});
