import type { ComparisonSliceRequest } from "@hyperface/contracts";
import { readsOrRefuses } from "@hyperface/formats/test-arbitraries";
import { expect, test } from "vitest";
import { decodeState, encodeState, startOf } from "./state.ts";

const request = { set: "a", reference: "b", topK: 3 } as ComparisonSliceRequest;
const top = {
  cosine: Float32Array.of(0.9, 0.8),
  index: Int32Array.of(4, 0),
  reference: Int32Array.of(1, 7),
};
const state = { ...startOf(5, { set: "x", reference: "y" }), completed: 2, top };
const file = encodeState(state, request);

test("where a comparison stands comes back, and bytes of any other kind are refused", () => {
  expect(decodeState(file, request, 5)).toEqual(state);
  readsOrRefuses((bytes) => decodeState(bytes, request, 5), file, "invalid-checkpoint");
});

test.each<[string, object, number]>([
  ["of another set", state, 6],
  [
    "of columns that do not go together",
    { ...state, top: { ...top, index: top.index.subarray(1) } },
    5,
  ],
  ["that never began", { ...state, completed: 0 }, 5],
])("one %s is refused", (_, changed, count) => {
  const bytes = encodeState(changed as typeof state, request);
  const refusal = expect.objectContaining({ code: "invalid-checkpoint" });
  expect(() => decodeState(bytes, request, count)).toThrow(refusal);
});
