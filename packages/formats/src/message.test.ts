import { HyperFaceError } from "@hyperface/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "./message.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { mutated } from "./test-arbitraries.ts";

const name = fc.string({ unit: "binary" }).filter((text) => text !== "__proto__");
const array = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.uint8Array(),
  fc.int32Array(),
  fc.bigInt64Array(),
);
const { message } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, ""),
    fc.integer(),
    fc.string(),
    array,
    fc.array(tie("value"), { maxLength: 4 }),
    tie("message"),
  ),
  message: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const messages = message as fc.Arbitrary<Record<string, unknown>>;

test("what is sent arrives, each number to the bit", () => {
  fc.assert(
    fc.property(messages, (given) => {
      expect(decodeMessage(encodeMessage(given))).toEqual(given);
    }),
  );
  const bits = Uint32Array.of(
    0,
    0x8000_0000,
    1,
    0x7f7f_ffff,
    0x7f80_0000,
    0x7fc0_0001,
    0x3f80_0001,
  );
  const { vector } = decodeMessage(encodeMessage({ vector: new Float32Array(bits.buffer) }));
  expect(new Uint32Array((vector as Float32Array).buffer)).toEqual(bits);
});

test("bytes of any kind are read or refused, within memory in proportion to them", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), mutated(messages.map(encodeMessage)));
  fc.assert(
    fc.property(bytes, (given) => {
      try {
        decodeMessage(given);
      } catch (error) {
        if (!(error instanceof HyperFaceError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

const tensor = { data: Float32Array.of(1, 2), shape: [2] };
test.each<[string, Record<string, typeof tensor>, Record<string, string>, RegExp]>([
  ["without JSON", { "/a": tensor }, {}, /no json/],
  ["of JSON that is no object", {}, { json: "[null]" }, /not a JSON object/],
  ["with a name twice", {}, { json: '{"a":1,"a":2}' }, /"a" twice/],
  ["with an array for no place", { "/b": tensor }, { json: '{"a":null}' }, /no null at \/b/],
  ["with an array for what is there", { "/a": tensor }, { json: '{"a":1}' }, /no null at \/a/],
  ["with an array for the whole", { "": tensor }, { json: "{}" }, /no null at/],
  ["for what every object has", { "/__proto__/a": tensor }, { json: "{}" }, /no null at/],
  ["with a matrix", { "/a": { ...tensor, shape: [1, 2] } }, { json: '{"a":null}' }, /one axis/],
])("says why it refuses a message %s", (_, tensors, metadata, why) => {
  const refusal = { code: "malformed-body", message: expect.stringMatching(why) };
  expect(() => decodeMessage(encodeSafetensors({ tensors, metadata }))).toThrow(
    expect.objectContaining(refusal),
  );
});
