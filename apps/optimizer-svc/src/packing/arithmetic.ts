import type { PackingSpec } from "@hyperface/contracts";
import { memoiseLoads, nameArithmetic, probeValues } from "@hyperface/inference";
import { normaliseRows } from "@hyperface/vectors";
import { version_core } from "@tensorflow/tfjs";
import { createOnnxKernels } from "./kernels/onnx.ts";
import { chooseBackend } from "./tfjs/backend.ts";

/** Points and dimension of the probe: few, but sums as long as usual. */
const COUNT = 48;
const DIMENSION = 512;

/** The arithmetic that packings are computed with in this process: see nameArithmetic. */
export const solverArithmetic = memoiseLoads(async (engine: PackingSpec["engine"]) => {
  const kernels = await createOnnxKernels(DIMENSION);
  const values = probeValues(COUNT * DIMENSION).map((value) => value - 0.5);
  const points = { data: normaliseRows(values, DIMENSION), dimension: DIMENSION };
  const { force, sums } = await kernels.repulsion(points, { sharpness: 20, level: 0.5 });
  const gram = await kernels.matrices.gram(points.data, DIMENSION);
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
  ]);
});
