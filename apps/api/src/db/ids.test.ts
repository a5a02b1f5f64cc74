import { HyperFaceError } from "@hyperface/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromCursor, newId, toCursor } from "./ids.ts";

const ID = /^[a-z]{3}_[a-z0-9]+$/;

test("a cursor comes back as the key that it stands behind", () => {
  const id = newId("gal");
  expect(id).toMatch(ID);
  expect(fromCursor(toCursor(id), ID)).toBe(id);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (key) => {
      expect(fromCursor(toCursor(key), /^/)).toBe(key);
    }),
  );
});

test("any text is a cursor of a list or refused", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      try {
        expect(fromCursor(text, ID)).toMatch(ID);
      } catch (error) {
        expect(error).toBeInstanceOf(HyperFaceError);
        expect(error).toMatchObject({ code: "invalid-request" });
      }
    }),
  );
});
