import { memoiseLoads, PackingSpec, resolvePacking } from "@hyperface/contracts";
import { nameArithmetic, probeValues } from "@hyperface/inference";
import { normaliseRows, type Rows } from "@hyperface/vectors";
import { version_core } from "@tensorflow/tfjs";
import { createOnnxKernels } from "./kernels/onnx.ts";
import { plainKernels } from "./kernels/plain.ts";
import { continuePacking, startPacking } from "./solve.ts";
import { NO_VECTORS } from "./solver.ts";
import { chooseBackend } from "./tfjs/backend.ts";

/** Points and dimension of the probe: few, but sums as long as usual. */
const COUNT = 48;
const DIMENSION = 512;
/** Packings of the probe, small: what the solvers do between the kernels. */
const PACKED = { count: 24, dimension: 8, iterations: 12 };
const PACKINGS = [{ alpha: 0.5 }, { alpha: 0, start: "random" }, { method: "paper" }];

/** The arithmetic that packings are computed with in this process: see nameArithmetic. */
export const solverArithmetic = memoiseLoads(async (engine: PackingSpec["engine"]) => {
  const kernels = await createOnnxKernels(DIMENSION);
  const points = unitRows(COUNT, DIMENSION);
  const { force, sums } = await kernels.repulsion(points, { sharpness: 20, level: 0.5 });
  const gram = await kernels.matrices.gram(points.data as Float32Array, DIMENSION);
  const { cosine } = await kernels.nearestOther(points);
  const functions = Float64Array.from(
    probeValues(64),
    (x) => Math.exp(x) + Math.log(x) + Math.acos(x),
  );
  const tfjs = engine === "tfjs" ? { [await chooseBackend()]: version_core } : {};
  return nameArithmetic(tfjs, [
    force,
    Float64Array.from(sums),
    gram,
    Float64Array.from(cosine),
    functions,
    ...(await Promise.all(PACKINGS.map(packed))),
  ]);
});

/** A few steps of a packing, so that another version of a solver has another name. */
async function packed(settings: object): Promise<Float32Array> {
  const spec = resolvePacking(PackingSpec.parse({ ...PACKED, ...settings }));
  const vectors = { ...NO_VECTORS, near: unitRows(PACKED.count, PACKED.dimension) };
  const state = await startPacking(spec, vectors, plainKernels);
  await continuePacking(state, { spec, vectors, kernels: plainKernels }, () => true);
  return state.embeddings;
}

function unitRows(count: number, dimension: number): Rows {
  const values = probeValues(count * dimension).map((value) => value - 0.5);
  return { data: normaliseRows(values, dimension), dimension };
}
