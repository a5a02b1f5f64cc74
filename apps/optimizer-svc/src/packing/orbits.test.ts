import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { describe, expect, test } from "vitest";
import { createOnnxKernels } from "./kernels/onnx.ts";
import { plainKernels } from "./kernels/plain.ts";
import { mean } from "./objective.ts";
import { continuePacking, startPacking } from "./solve.ts";
import { NO_VECTORS, type PackingVectors } from "./solver.ts";

const dimension = 16;
const annealing = { sharpness: [4, 1e4], step: [0.05, 5e-5] };
const free = { dimension, alpha: 0, start: "random", annealing };

async function pack(settings: object, vectors: Partial<PackingVectors> = {}, steps = Infinity) {
  const spec = resolvePacking(PackingSpec.parse({ ...free, ...settings }));
  const given = { ...NO_VECTORS, ...vectors };
  const kernels = await createOnnxKernels(dimension);
  const state = await startPacking(spec, given, kernels);
  const context = { spec, vectors: given, kernels };
  if (steps > 0) await continuePacking(state, context, () => state.iteration < steps);
  return state;
}

describe.each([
  { count: 96, cyclic: 2 },
  { count: 96, cyclic: 4 },
  { count: 90, cyclic: 16 },
])("$count identities as orbits of $cyclic", ({ count, cyclic }) => {
  const settings = { count, iterations: 120, symmetry: { cyclic } };
  const orbits = Math.ceil(count / cyclic);

  test("each is an earlier one with its blocks of coordinates rolled", async () => {
    const { embeddings } = await pack(settings);
    for (let i = orbits; i < count; i++) {
      const shift = Math.floor(i / orbits);
      for (let k = 0; k < dimension; k++) {
        const within = k % cyclic;
        const from = k - within + ((within - shift + cyclic) % cyclic);
        const expected = embeddings[(i % orbits) * dimension + from];
        expect(embeddings[i * dimension + k]).toBe(expected);
      }
    }
  });

  test("the cosine reported is that of all pairs", async () => {
    const { embeddings, history } = await pack(settings);
    const { cosine } = await plainKernels.nearestOther({ data: embeddings, dimension });
    expect(history.at(-1)?.maxCosine).toBeCloseTo(Math.max(...cosine), 6);
    expect(history.at(-1)?.evaluated).toBe(count);
  });
});

test("what was packed as orbits loses no ground when it is annealed on without symmetry, but cold", async () => {
  const orbits = await pack({ count: 96, iterations: 400, symmetry: { cyclic: 4 } });
  const start = { data: orbits.embeddings.slice(), dimension };
  const cold = { sharpness: [3000, 2e4], step: [1.5e-4, 1e-5] };
  const ended = await pack(
    { count: 96, iterations: 150, start: "set", annealing: cold },
    { start },
  );
  expect(ended.history[0]?.maxCosine).toBeCloseTo(orbits.history.at(-1)?.maxCosine as number, 6);
  expect(ended.history.at(-1)?.maxCosine).toBeLessThanOrEqual(
    ended.history[0]?.maxCosine as number,
  );
});

test("a step is that of the same points without symmetry", async () => {
  const settings = { count: 96, iterations: 400 };
  const symmetric = { ...settings, symmetry: { cyclic: 4 } };
  const start = { data: (await pack(symmetric, {}, 0)).embeddings, dimension };
  const orbits = await pack(symmetric, {}, 6);
  const alone = await pack({ ...settings, start: "set" }, { start }, 6);
  expect(orbits.iteration).toBe(6);
  let moved = 0;
  for (const [k, value] of orbits.embeddings.entries()) {
    expect(value).toBeCloseTo(alone.embeddings[k] as number, 4);
    moved = Math.max(moved, Math.abs(value - (start.data[k] as number)));
  }
  expect(moved).toBeGreaterThan(0.1);
});

test("a gallery that nothing is held near is reported of every identity", async () => {
  const gallery = { data: (await pack({ count: 30 }, {}, 0)).embeddings, dimension };
  const settings = { count: 32, iterations: 10, symmetry: { cyclic: 8 } };
  const { embeddings, history } = await pack(settings, { near: gallery });
  const { cosine } = await plainKernels.nearest({ data: embeddings, dimension }, gallery);
  expect(history.at(-1)?.regulariser).toBeCloseTo(1 - mean(cosine), 6);
});

test.each([
  [{}, 16],
  [{ dimension: 100 }, 10],
  [{ dimension: 97 }, 1],
  [{ symmetry: { cyclic: 1 } }, 1],
  [{ count: 1000 }, 1],
  [{ iterations: 0 }, 1],
  [{ alpha: 0.1 }, 1],
  [{ frozen: 5 }, 1],
  [{ repel: { minimumDistance: 0.5 } }, 1],
  [{ minimumDistance: 0.5 }, 1],
  [{ start: "gallery" }, 1],
  [{ method: "paper" }, 1],
])("by default %o has orbits of %d", (settings, cyclic) => {
  const spec = PackingSpec.parse({ ...free, count: 2000, dimension: 128, ...settings });
  expect(resolvePacking(spec).symmetry).toEqual({ cyclic });
});

test.each([
  [{ symmetry: { cyclic: 3 } }, "cyclic must divide the dimension: 3 does not divide 16"],
  [{ symmetry: { cyclic: 16 }, count: 9 }, "an orbit of 16 is more than 9 identities"],
  [{ symmetry: { cyclic: 4 }, alpha: 1 }, "symmetry is for"],
  [{ symmetry: { cyclic: 4 }, frozen: 3 }, "symmetry is for"],
  [{ symmetry: { cyclic: 4 }, start: "code" }, "symmetry is for"],
])("%o is refused", (settings, why) => {
  const { error } = PackingSpec.safeParse({ ...free, dimension: 16, count: 64, ...settings });
  const issue = error?.issues.find(({ path }) => path[0] === "symmetry");
  expect(issue?.message).toContain(why);
});
