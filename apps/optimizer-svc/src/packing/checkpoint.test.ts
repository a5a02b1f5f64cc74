import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { readsOrRefuses } from "@hyperface/formats/test-arbitraries";
import { expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { plainKernels } from "./kernels/plain.ts";
import { memoryOf, startPacking } from "./solve.ts";
import { NO_VECTORS } from "./solver.ts";

const SIZE = { count: 6, dimension: 4, alpha: 0, start: "random", iterations: 2 };
const cases = [
  { method: "fast" },
  { method: "paper" },
  { plateau: { patience: 3 } },
  { budgetSeconds: 5 },
];

async function checkpointOf(settings: object) {
  const spec = resolvePacking(PackingSpec.parse({ ...SIZE, ...settings }));
  const state = await startPacking(spec, NO_VECTORS, plainKernels);
  const encode = (changes = {}) =>
    Buffer.concat(encodeCheckpoint({ ...state, ...changes }, spec, "a"));
  const expected = memoryOf(spec);
  return {
    state,
    encode,
    decode: (bytes: Uint8Array) => decodeCheckpoint(bytes, spec, "a", expected),
  };
}

test.each(cases)("of %o, bytes of any kind are a checkpoint or refused", async (settings) => {
  const { state, encode, decode } = await checkpointOf(settings);
  expect(decode(encode())).toEqual(state);
  readsOrRefuses(decode, encode(), "invalid-checkpoint");
});

test.each(cases)("of %o, one that lacks what the solver remembers is refused", async (settings) => {
  const { state, encode, decode } = await checkpointOf(settings);
  const without = (kind: "tensors" | "scalars", name: string) => {
    const { [name]: _, ...rest } = state[kind] as Record<string, unknown>;
    return encode({ [kind]: rest });
  };
  for (const kind of ["tensors", "scalars"] as const) {
    for (const name of Object.keys(state[kind])) {
      expect(() => decode(without(kind, name))).toThrow(name);
    }
  }
});
